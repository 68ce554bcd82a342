/**
 * The scorer's definition of right: one vector a candidate, built and normalised, no shortcuts.
 */
import { decodeFloat16 } from '../../../src/core/float16.ts';
import type { LedgerWindow, Rows, SpanHead } from '../../../src/ner/scorer.ts';

/** A candidate with its unit vector and one score a type. */
export interface NaiveCandidate {
  readonly first: number;
  readonly last: number;
  readonly vector: readonly number[];
  readonly scores: readonly number[];
}

const numbers = (rows: Rows): Float32Array =>
  rows instanceof Uint16Array ? decodeFloat16(rows) : rows;

/** A row as numbers. */
export const rowOf = (rows: Rows, index: number, size: number): number[] =>
  Array.from(numbers(rows.slice(index * size, (index + 1) * size)));

/** Unit vector of a + b + c. */
export function naiveUnit(parts: readonly (readonly number[])[]): number[] {
  const total = parts[0]!.map((_, e) => parts.reduce((sum, part) => sum + part[e]!, 0));
  const length = Math.sqrt(total.reduce((sum, value) => sum + value * value, 0));
  return total.map((value) => value / length);
}

/** Every candidate of the window, by start, then end. */
export function naiveCandidates(
  head: SpanHead,
  window: LedgerWindow,
  types: readonly Float32Array[],
): NaiveCandidate[] {
  const size = head.embeddingSize;
  const found: NaiveCandidate[] = [];
  for (const [i, first] of Array.from(window.starts).entries()) {
    for (const [j, last] of Array.from(window.ends).entries()) {
      const width = last - first + 1;
      if (width < 1 || width > head.maxSpanTokens || width >= head.widths.length / size) continue;
      const vector = naiveUnit([
        rowOf(window.startRows, i, size),
        rowOf(window.endRows, j, size),
        rowOf(head.widths, width, size),
      ]);
      const scores = types.map(
        (type) => head.logitScale * vector.reduce((sum, value, e) => sum + value * type[e]!, 0),
      );
      found.push({ first, last, vector, scores });
    }
  }
  return found;
}
