/**
 * Sums of the three terms of span vectors: a_i + b_j + c_w, a at the span's first token, b at its last,
 * c by its width.
 */

/** The terms of a window's span vectors, as doubles: loops over them are faster without conversions. */
export interface SpanTerms {
  /** Length E of a row. */
  readonly size: number;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly widths: Float64Array;
}

/** The rows that make one candidate; the width is in tokens. */
export interface CandidateRows {
  readonly start: number;
  readonly end: number;
  readonly width: number;
}

/** Numbers that are summed up before the sum is looked at. */
const block = 16;

/**
 * |a_i + b_j + c_w|^2, or, when it is above the limit, what of it shows that: less, and above the limit
 * all the same. The innermost loop of extraction. It sums directly, not from Gram products: candidates
 * form a band, in which each product of rows would be used once, and a direct sum cannot cancel.
 */
export function squareOfSum(terms: SpanTerms, rows: CandidateRows, limit: number): number {
  const { size, starts, ends, widths } = terms;
  const a = rows.start * size;
  const b = rows.end * size;
  const c = rows.width * size;
  let square = 0;
  for (let from = 0; from < size && !(square > limit); from += block) {
    const to = Math.min(from + block, size);
    for (let e = from; e < to; e += 1) {
      const sum = starts[a + e]! + ends[b + e]! + widths[c + e]!;
      square += sum * sum;
    }
  }
  return square;
}

/** The unit vector of a_i + b_j + c_w; zeros for a sum without direction. Shapes: [E]. */
export function unitSum(terms: SpanTerms, rows: CandidateRows): Float32Array {
  const { size, starts, ends, widths } = terms;
  const length = Math.sqrt(squareOfSum(terms, rows, Infinity)) || 1;
  const unit = new Float32Array(size);
  for (let e = 0; e < size; e += 1) {
    const sum = starts[rows.start * size + e]! + ends[rows.end * size + e]!;
    unit[e] = (sum + widths[rows.width * size + e]!) / length;
  }
  return unit;
}

/** z.row of the first rows. Shapes: rows [>= count, E], vector [E] -> [count]. */
export function rowProducts(rows: Float64Array, count: number, vector: Float32Array): Float64Array {
  const size = vector.length;
  const products = new Float64Array(count);
  const doubles = new Float64Array(vector);
  const whole = size - (size % 4);
  for (let row = 0; row < count; row += 1) {
    const at = row * size;
    // Four sums, because each addition would wait for the one before.
    let [p, q, r, s] = [0, 0, 0, 0];
    for (let e = 0; e < whole; e += 4) {
      p += rows[at + e]! * doubles[e]!;
      q += rows[at + e + 1]! * doubles[e + 1]!;
      r += rows[at + e + 2]! * doubles[e + 2]!;
      s += rows[at + e + 3]! * doubles[e + 3]!;
    }
    for (let e = whole; e < size; e += 1) p += rows[at + e]! * doubles[e]!;
    products[row] = p + q + (r + s);
  }
  return products;
}
