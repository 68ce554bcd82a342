/**
 * BINDER's masks by their definition, one cell at a time: which starts, ends and spans are negatives
 * of a type in a window. The slow, obvious twin of `BatchBuilder`.
 */
import type { Example } from '../../../src/training/examples.ts';

/** Which cells count, row by row: windows outside, types inside. */
export interface NaiveMasks {
  readonly start: boolean[][];
  readonly end: boolean[][];
  readonly span: boolean[][];
}

const upTo = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** Masks of padded windows of one length. */
export function naiveMasks(
  examples: readonly Example[],
  types: number,
  sizes: { readonly length: number; readonly maxSpanTokens: number | null },
): NaiveMasks {
  const { length, maxSpanTokens } = sizes;
  const rows = examples.flatMap((example) => upTo(types).map((type) => ({ example, type })));
  const limit = maxSpanTokens ?? Number.POSITIVE_INFINITY;
  return {
    start: rows.map(({ example, type }) =>
      upTo(length).map((i) => {
        const isGold = example.gold.some((gold) => gold.type === type && gold.first === i);
        return i === 0 || (example.starts.includes(i) && !isGold);
      }),
    ),
    end: rows.map(({ example, type }) =>
      upTo(length).map((j) => {
        const isGold = example.gold.some((gold) => gold.type === type && gold.last === j);
        return j === 0 || (example.ends.includes(j) && !isGold);
      }),
    ),
    span: rows.map(({ example, type }) =>
      upTo(length * length).map((cell) => {
        const [i, j] = [Math.floor(cell / length), cell % length];
        const isGold = example.gold.some(
          (gold) => gold.type === type && gold.first === i && gold.last === j,
        );
        const isCandidate =
          example.starts.includes(i) && example.ends.includes(j) && i <= j && j - i + 1 <= limit;
        return (i === 0 && j === 0) || (isCandidate && !isGold);
      }),
    ),
  };
}
