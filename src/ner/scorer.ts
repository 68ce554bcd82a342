/**
 * Scores every candidate span of a window against every entity type: the logit scale times the
 * cosine of span vector and type vector.
 *
 * A span vector is a_i + b_j + c_w before it is normalised: a at the span's first token, b at its
 * last, c by its width (the span linear, split in three). So no vector is built per candidate and
 * type: z.s = z.a_i + z.b_j + z.c_w, and |s| is computed once for all types. It is summed directly,
 * not from Gram products: candidates form a band, in which each product of rows would be used once,
 * so that one pass costs less than three and cannot cancel.
 *
 * Invariant: scores depend on this window alone and on the rows as the ledger keeps them (float16),
 * so that reading a document again, alone or among others, gives the same.
 * Source: Zhang et al. 2023 (BINDER), span-based similarity; exact rewrites 1 and 2.
 */
import { roundToFloat16 } from '../core/float16.ts';
import { invariant } from '../core/invariant.ts';
import { dot } from '../core/vector.ts';

/** What a model fixes about its span vectors. */
export interface SpanHead {
  readonly embeddingSize: number;
  /** c_w, bias included, by width in tokens; row 0 is not used. Shapes: [widths + 1, E]. */
  readonly widths: Float32Array;
  /** What multiplies a cosine to give a score. */
  readonly logitScale: number;
  /** Longest candidate; Infinity for no limit but the width table. */
  readonly maxSpanTokens: number;
  /** float32 only to compare with other programs. */
  readonly rowFormat: 'float16' | 'float32';
}

/** What the encoder makes of one window. */
export interface WindowRows {
  /** Tokens that may start a candidate, ascending. Units: positions in the window, [CLS] is 0. */
  readonly starts: Int32Array;
  /** Tokens that may end one. */
  readonly ends: Int32Array;
  /** a at each start. Shapes: [starts, E]. */
  readonly startRows: Float32Array;
  /** b at each end. Shapes: [ends, E]. */
  readonly endRows: Float32Array;
  /** a and b at [CLS]. Shapes: [E]. */
  readonly clsStartRow: Float32Array;
  readonly clsEndRow: Float32Array;
}

/** Type vectors, with what depends on them and the model alone. */
export interface TypeVectors {
  /** Unit vectors [E]. */
  readonly vectors: readonly Float32Array[];
  /** z.c_w of every type. Shapes: [widths + 1]. */
  readonly widthProducts: readonly Float64Array[];
}

/** The candidates of a window with their scores. */
export interface WindowScores {
  /** First and last token of each candidate, by start, then end. Shapes: both [S]. */
  readonly firsts: Int32Array;
  readonly lasts: Int32Array;
  /** One row a type. Shapes: T x [S]. */
  readonly scores: readonly Float64Array[];
  /** Unit vector [E] of the span (0,0), from which thresholds of any type follow. */
  readonly thresholdVector: Float32Array;
  /** One a type: the score of `thresholdVector`. */
  readonly thresholds: readonly number[];
  /** Unit vector [E] of a candidate; `spanScore` of it is its score up to float rounding. */
  readonly spanVector: (candidate: number) => Float32Array;
}

/** Score of a unit span vector for a type's unit vector. */
export const spanScore = (head: SpanHead, span: Float32Array, type: Float32Array): number =>
  head.logitScale * dot(span, type);

/** Prepares unit vectors for scoring any number of windows. Cost: T x widths x E. */
export function typeVectors(head: SpanHead, vectors: readonly Float32Array[]): TypeVectors {
  const size = head.embeddingSize;
  for (const vector of vectors) invariant(vector.length === size, 'type vectors must be [E]');
  return { vectors, widthProducts: vectors.map((vector) => rowProducts(head.widths, vector)) };
}

/**
 * Scores a window.
 *
 * Cost: S x E for the lengths, (starts + ends) x T x E for the products, S x T to put them together.
 */
export function scoreWindow(head: SpanHead, rows: WindowRows, types: TypeVectors): WindowScores {
  checkRows(head, rows);
  const span = spanRows(head, rows);
  const candidates = candidatesOf(head, rows);
  const factors = scoreFactors(head, span, candidates);
  const cls = clsRows(head, rows);
  const thresholdVector = unitSum(head, cls, { start: 0, end: 0, width: 1 });
  return {
    firsts: candidates.starts.map((row) => rows.starts[row]!),
    lasts: candidates.ends.map((row) => rows.ends[row]!),
    scores: types.vectors.map((vector, type) => {
      const starts = rowProducts(span.starts, vector);
      const ends = rowProducts(span.ends, vector);
      return typeScores(candidates, { starts, ends, widths: types.widthProducts[type]! }, factors);
    }),
    thresholdVector,
    thresholds: types.vectors.map((vector) => spanScore(head, thresholdVector, vector)),
    spanVector: (candidate) =>
      unitSum(head, span, {
        start: candidates.starts[candidate]!,
        end: candidates.ends[candidate]!,
        width: candidates.widths[candidate]!,
      }),
  };
}

/** The three terms of span vectors, or of their products with a type: a, b and c by row. */
interface Terms {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly widths: Float64Array;
}

/** Which row of each term every candidate takes. Shapes: all [S]. */
interface Candidates {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly widths: Int32Array;
}

function checkRows(head: SpanHead, rows: WindowRows): void {
  const size = head.embeddingSize;
  invariant(rows.startRows.length === rows.starts.length * size, 'start rows must be [starts, E]');
  invariant(rows.endRows.length === rows.ends.length * size, 'end rows must be [ends, E]');
  invariant(rows.clsStartRow.length === size && rows.clsEndRow.length === size, 'cls must be [E]');
}

const widthLimit = (head: SpanHead): number =>
  Math.min(head.maxSpanTokens, head.widths.length / head.embeddingSize - 1);

/** Doubles, because the loops over them are faster without conversions. */
const rounded = (head: SpanHead, rows: Float32Array): Float64Array =>
  new Float64Array(head.rowFormat === 'float16' ? roundToFloat16(rows) : rows);

const widthRows = (head: SpanHead): Float64Array =>
  new Float64Array(head.widths.subarray(0, (widthLimit(head) + 1) * head.embeddingSize));

const spanRows = (head: SpanHead, rows: WindowRows): Terms => ({
  starts: rounded(head, rows.startRows),
  ends: rounded(head, rows.endRows),
  widths: widthRows(head),
});

const clsRows = (head: SpanHead, rows: WindowRows): Terms => ({
  starts: rounded(head, rows.clsStartRow),
  ends: rounded(head, rows.clsEndRow),
  widths: widthRows(head),
});

function candidatesOf(head: SpanHead, { starts, ends }: WindowRows): Candidates {
  const limit = widthLimit(head);
  const found = { starts: [] as number[], ends: [] as number[], widths: [] as number[] };
  let nearest = 0;
  for (let start = 0; start < starts.length; start += 1) {
    while (nearest < ends.length && ends[nearest]! < starts[start]!) nearest += 1;
    for (let end = nearest; end < ends.length; end += 1) {
      const width = ends[end]! - starts[start]! + 1;
      if (width > limit) break;
      found.starts.push(start);
      found.ends.push(end);
      found.widths.push(width);
    }
  }
  return {
    starts: Int32Array.from(found.starts),
    ends: Int32Array.from(found.ends),
    widths: Int32Array.from(found.widths),
  };
}

/** Logit scale / |a_i + b_j + c_w| of each candidate; 0 for a vector without direction. */
function scoreFactors(head: SpanHead, terms: Terms, candidates: Candidates): Float64Array {
  const size = head.embeddingSize;
  const factors = new Float64Array(candidates.starts.length);
  for (let k = 0; k < factors.length; k += 1) {
    const square = squareOfSum(terms, size, {
      start: candidates.starts[k]!,
      end: candidates.ends[k]!,
      width: candidates.widths[k]!,
    });
    factors[k] = square === 0 ? 0 : head.logitScale / Math.sqrt(square);
  }
  return factors;
}

/** The rows that make one candidate. */
interface CandidateRows {
  readonly start: number;
  readonly end: number;
  readonly width: number;
}

/** |a_i + b_j + c_w|^2. The innermost loop of extraction. */
function squareOfSum(terms: Terms, size: number, rows: CandidateRows): number {
  const { starts, ends, widths } = terms;
  const a = rows.start * size;
  const b = rows.end * size;
  const c = rows.width * size;
  let square = 0;
  for (let e = 0; e < size; e += 1) {
    const sum = starts[a + e]! + ends[b + e]! + widths[c + e]!;
    square += sum * sum;
  }
  return square;
}

function unitSum(head: SpanHead, terms: Terms, rows: CandidateRows): Float32Array {
  const size = head.embeddingSize;
  const length = Math.sqrt(squareOfSum(terms, size, rows)) || 1;
  return Float32Array.from({ length: size }, (_, e) => {
    const { starts, ends, widths } = terms;
    const sum = starts[rows.start * size + e]! + ends[rows.end * size + e]!;
    return (sum + widths[rows.width * size + e]!) / length;
  });
}

/** z.row of every row. Shapes: rows [n, E], vector [E] -> [n]. */
function rowProducts(rows: Float32Array | Float64Array, vector: Float32Array): Float64Array {
  const size = vector.length;
  const products = new Float64Array(rows.length / size);
  for (let row = 0; row < products.length; row += 1) {
    let sum = 0;
    for (let e = 0; e < size; e += 1) sum += rows[row * size + e]! * vector[e]!;
    products[row] = sum;
  }
  return products;
}

function typeScores(candidates: Candidates, products: Terms, factors: Float64Array): Float64Array {
  const scores = new Float64Array(factors.length);
  for (let k = 0; k < scores.length; k += 1) {
    const start = products.starts[candidates.starts[k]!]!;
    const end = products.ends[candidates.ends[k]!]!;
    scores[k] = factors[k]! * (start + end + products.widths[candidates.widths[k]!]!);
  }
  return scores;
}
