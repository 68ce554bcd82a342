/**
 * Spans of characters as spans of tokens: which tokens an annotated mention is made of.
 */
import type { Span } from '../core/span.ts';
import type { Encoding } from './tokenizer.ts';

/** The tokens from `first` to `last`, both included. */
export interface TokenSpan {
  readonly first: number;
  readonly last: number;
}

/** The first index whose value is at least `value`. `ascending` may repeat values. */
function lowerBound(ascending: Int32Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The tokens that start and end exactly where the span does, or null when there are none: the
 * model can express no such mention. Cost: O(log tokens).
 */
export function tokenSpanOf(encoding: Encoding, span: Span): TokenSpan | null {
  const first = lowerBound(encoding.starts, span.start);
  const last = lowerBound(encoding.ends, span.end + 1) - 1;
  const isAligned = encoding.starts[first] === span.start && encoding.ends[last] === span.end;
  return isAligned && first <= last ? { first, last } : null;
}
