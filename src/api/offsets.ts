/**
 * Offsets of a text as the caller counts them, and the words around a span.
 */
import { codePointStarts } from '../core/code-points.ts';
import type { TextUnit } from '../generated/graphql.ts';
import { checkRange } from './check-arguments.ts';

/** Longest text around a mention. Units: UTF-16 code units. */
const maxAroundChars = 1_000;

/** A text whose offsets can be asked in either unit. */
export interface MeasuredText {
  readonly text: string;
  /** A UTF-16 offset, counted in this unit. Cost: O(log n) after a first O(n). */
  offset(utf16: number, unit: TextUnit): number;
}

/** How many entries of an ascending table are smaller than the value. */
function countBelow(table: Int32Array, value: number): number {
  let low = 0;
  let high = table.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((table[middle] ?? value) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A text with its offsets; code points are only counted when they are asked for. */
export function measureText(text: string): MeasuredText {
  let starts: Int32Array | null | undefined;
  return {
    text,
    offset(utf16, unit) {
      if (unit === 'UTF16') return utf16;
      if (starts === undefined) starts = codePointStarts(text);
      return starts === null ? utf16 : countBelow(starts, utf16);
    },
  };
}

/**
 * How much of the text around a mention to give.
 *
 * Throws: ARGUMENT_INVALID outside 0 to 1,000.
 */
const checkAround = (maxChars: number): void =>
  checkRange('maxChars', maxChars, [0, maxAroundChars]);

const isInsidePair = (text: string, offset: number): boolean =>
  /^[\udc00-\udfff]/.test(text.charAt(offset)) && /[\ud800-\udbff]$/.test(text.charAt(offset - 1));

/** The text before an offset; no character is cut in two. Throws: ARGUMENT_INVALID. */
export function textBefore(text: string, offset: number, maxChars: number): string {
  checkAround(maxChars);
  const start = Math.max(0, offset - maxChars);
  return text.slice(isInsidePair(text, start) ? start + 1 : start, offset);
}

/** The text from an offset on; no character is cut in two. Throws: ARGUMENT_INVALID. */
export function textAfter(text: string, offset: number, maxChars: number): string {
  checkAround(maxChars);
  const end = Math.min(text.length, offset + maxChars);
  return text.slice(offset, isInsidePair(text, end) ? end - 1 : end);
}
