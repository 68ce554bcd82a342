/**
 * The candidates of a window that may be mentions of a type: all those that are, and few others. Their
 * product with the type's vector alone rules out nearly all; of the rest the length is summed up until it
 * decides.
 *
 * Invariant: none is ruled out whose cosine, as `spanScore` computes it, is above the bound: bounds are
 * lowered by more than rounding can do.
 */
import { type CandidateRows, type SpanTerms, squareOfSum } from './span-sums.ts';

/** Tokens that may start and end candidates, ascending, and the longest candidate in tokens. */
export interface Band {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly maxWidth: number;
}

/** z.a, z.b and z.c by row. */
export interface Products {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly widths: Float64Array;
}

/** What a type asks of a window's candidates. */
export interface Question {
  readonly band: Band;
  readonly terms: SpanTerms;
  readonly products: Products;
  /** The cosine that must be exceeded. */
  readonly bound: number;
}

/** Larger than what rounding, of a unit vector to float32 above all, does to a cosine. */
const cosineSlack = 1e-5;
/** Larger than what rounding does to the product of a vector that is nearly none. */
const productSlack = 1e-9;

/** Those that may exceed the bound, by start, then end. */
export function hopefulCandidates({ band, terms, products, bound }: Question): CandidateRows[] {
  const { starts, ends, maxWidth } = band;
  const { starts: startProducts, ends: endProducts, widths: widthProducts } = products;
  const lowered = bound - cosineSlack;
  // Of a negative product the cosine may be above a negative bound only.
  const least = lowered < 0 ? -Infinity : -productSlack;
  const hopeful: CandidateRows[] = [];
  let nearest = 0;
  for (let start = 0; start < starts.length; start += 1) {
    const first = starts[start]!;
    const startProduct = startProducts[start]!;
    while (nearest < ends.length && ends[nearest]! < first) nearest += 1;
    for (let end = nearest; end < ends.length; end += 1) {
      const width = ends[end]! - first + 1;
      if (width > maxWidth) break;
      const product = startProduct + endProducts[end]! + widthProducts[width]!;
      if (!(product >= least)) continue;
      const rows = { start, end, width };
      if (mayExceed(terms, rows, { product, bound: lowered })) hopeful.push(rows);
    }
  }
  return hopeful;
}

/** Whether product / |a_i + b_j + c_w| may be above a bound. */
function mayExceed(
  terms: SpanTerms,
  rows: CandidateRows,
  { product, bound }: { readonly product: number; readonly bound: number },
): boolean {
  const isNegative = product < -productSlack;
  if (bound < 0 && !isNegative) return true;
  const limit = (product / bound) ** 2;
  const isLong = squareOfSum(terms, rows, limit) > limit;
  return isNegative ? isLong : !isLong;
}
