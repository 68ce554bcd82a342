/**
 * Character intervals in a document.
 *
 * Every offset inside this program counts UTF-16 code units, because that is what
 * `String.prototype.slice` counts; `formats/` and `text/` convert at the border.
 */

/** The half-open interval [start, end). Invariant: 0 <= start < end <= text.length. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** True when the two spans share at least one character; touching spans do not overlap. */
export const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

/** Reading order: by start, then the shorter first. */
export const compareSpans = (a: Span, b: Span): number => a.start - b.start || a.end - b.end;
