/**
 * The scorer's definition of right: one vector a candidate, built and normalised, no shortcuts.
 */
import { roundToFloat16 } from '../../../src/core/float16.ts';
import type { SpanHead, WindowRows } from '../../../src/ner/scorer.ts';

/** A candidate with its unit vector and one score a type. */
export interface NaiveCandidate {
  readonly first: number;
  readonly last: number;
  readonly vector: readonly number[];
  readonly scores: readonly number[];
}

const rowOf = (rows: Float32Array, index: number, size: number): number[] =>
  Array.from(rows.slice(index * size, (index + 1) * size));

/** Unit vector of a + b + c. */
export function naiveUnit(parts: readonly (readonly number[])[]): number[] {
  const total = parts[0]!.map((_, e) => parts.reduce((sum, part) => sum + part[e]!, 0));
  const length = Math.sqrt(total.reduce((sum, value) => sum + value * value, 0));
  return total.map((value) => value / length);
}

/** Every candidate of the window, by start, then end. */
export function naiveCandidates(
  head: SpanHead,
  rows: WindowRows,
  types: readonly Float32Array[],
): NaiveCandidate[] {
  const size = head.embeddingSize;
  const round = head.rowFormat === 'float16' ? roundToFloat16 : (values: Float32Array) => values;
  const found: NaiveCandidate[] = [];
  for (const [i, first] of rows.starts.entries()) {
    for (const [j, last] of rows.ends.entries()) {
      const width = last - first + 1;
      if (width < 1 || width > head.maxSpanTokens || width >= head.widths.length / size) continue;
      const vector = naiveUnit([
        rowOf(round(rows.startRows), i, size),
        rowOf(round(rows.endRows), j, size),
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
