/**
 * Offsets in Unicode code points (what most annotated corpora and tokenizers count) to and from
 * UTF-16 code units (what this program counts). A lone surrogate counts as one code point.
 */

/**
 * Table of UTF-16 offsets by code-point offset, or null when the text has no character outside the
 * Basic Multilingual Plane and both counts are equal.
 *
 * Shapes: code points + 1 entries; the last one is `text.length`.
 */
export function codePointStarts(text: string): Int32Array | null {
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return null;
  const starts = new Int32Array(text.length + 1);
  let count = 0;
  for (let unit = 0; unit < text.length; count += 1) {
    starts[count] = unit;
    unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  }
  starts[count] = text.length;
  return starts.subarray(0, count + 1);
}

/** Number of code points in `text.slice(0, unit)`. */
export function codePointsBefore(text: string, unit: number): number {
  let count = 0;
  for (let i = 0; i < unit; count += 1) i += (text.codePointAt(i) ?? 0) > 0xffff ? 2 : 1;
  return count;
}
