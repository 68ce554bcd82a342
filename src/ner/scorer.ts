/**
 * Which spans of a window are mentions: the score of a candidate span for an entity type is the logit
 * scale times the cosine of span vector and type vector, and the candidate is accepted iff its score is
 * above the type's threshold in that window by more than the type's offset.
 *
 * A span vector is a_i + b_j + c_w before it is normalised: a at the span's first token, b at its
 * last, c by its width (the span linear, split in three). So z.s = z.a_i + z.b_j + z.c_w, three sums a
 * candidate and type. The length |s| is only computed where that product leaves a chance, and only until
 * it is known to be too large or small: partial sums of squares are lower bounds of it. Only what passes
 * gets a vector, from which its score and the decision are computed anew (`spanScore`).
 *
 * Invariant: what is accepted, and with which numbers, depends on this window and the type alone and on
 * the rows as the ledger keeps them, so that reading a document again, alone or among others, for these
 * types or for more, gives the same.
 * Source: Zhang et al. 2023 (BINDER), span-based similarity; exact rewrites 1 and 2.
 */
import { decodeFloat16Into } from '../core/float16.ts';
import { invariant } from '../core/invariant.ts';
import type { Span } from '../core/span.ts';
import { dot } from '../core/vector.ts';
import { type Band, hopefulCandidates } from './candidates.ts';
import { type CandidateRows, rowProducts, type SpanTerms, unitSum } from './span-sums.ts';

/** What a model fixes about its span vectors. */
export interface SpanHead {
  readonly embeddingSize: number;
  /** c_w, bias included, by width in tokens; row 0 is not used. Shapes: [widths + 1, E]. */
  readonly widths: Float32Array;
  /** What multiplies a cosine to give a score. */
  readonly logitScale: number;
  /** What is added to every threshold. Units: of scores. */
  readonly thresholdShift: number;
  /** Longest candidate; Infinity for no limit but the width table. */
  readonly maxSpanTokens: number;
}

/** Rows of half precision, as they are kept, or of float32, to compare with other programs. */
export type Rows = Uint16Array | Float32Array;

/** A window as the ledger keeps it. */
export interface LedgerWindow {
  /** Tokens that may start a candidate, ascending. Units: positions in the window, [CLS] is 0. */
  readonly starts: ArrayLike<number>;
  /** Tokens that may end one. */
  readonly ends: ArrayLike<number>;
  /** Where these tokens start and end in the document's text. Units: UTF-16 code units. */
  readonly startOffsets: ArrayLike<number>;
  readonly endOffsets: ArrayLike<number>;
  /** a at each start. Shapes: [starts, E]. */
  readonly startRows: Rows;
  /** b at each end. Shapes: [ends, E]. */
  readonly endRows: Rows;
  /** a and b at [CLS]. Shapes: [2, E]. */
  readonly clsRows: Rows;
}

/** The types that a window is asked for, with what depends on them and the model alone. */
export interface AskedTypes {
  /** Unit vectors [E]. */
  readonly vectors: readonly Float32Array[];
  /** How far above the threshold a score must be, by type. Units: of scores. */
  readonly offsets: readonly number[];
  /** z.c_w of every type. Shapes: [widths + 1]. */
  readonly widthProducts: readonly Float64Array[];
}

/** A candidate that is a mention. */
export interface AcceptedSpan {
  /** Index of the type. */
  readonly type: number;
  /** Units: positions in the window, [CLS] is 0. */
  readonly first: number;
  readonly last: number;
  /** Units: UTF-16 code units of the document's text. */
  readonly start: number;
  readonly end: number;
  readonly score: number;
  readonly threshold: number;
  /** Unit span vector [E]. */
  readonly vector: Float32Array;
}

/** What a window gives. */
export interface ScoredWindow {
  /** By type, then by start and end. */
  readonly accepted: readonly AcceptedSpan[];
  /** Unit vector [E] of the span (0,0), from which thresholds of any type follow. */
  readonly thresholdVector: Float32Array;
}

/** Score of a unit span vector for a type's unit vector. */
export const spanScore = (head: SpanHead, span: Float32Array, type: Float32Array): number =>
  head.logitScale * dot(span, type);

/** Threshold of a type in the window whose span (0,0) has that unit vector. */
export const typeThreshold = (
  head: SpanHead,
  thresholdVector: Float32Array,
  type: Float32Array,
): number => spanScore(head, thresholdVector, type) + head.thresholdShift;

/** Prepares unit vectors for scoring any number of windows. Cost: T x widths x E. */
export function askTypes(
  head: SpanHead,
  vectors: readonly Float32Array[],
  offsets: readonly number[],
): AskedTypes {
  const size = head.embeddingSize;
  for (const vector of vectors) invariant(vector.length === size, 'type vectors must be [E]');
  const widths = Float64Array.from(head.widths);
  const widthProducts = vectors.map((vector) => rowProducts(widths, widths.length / size, vector));
  return { vectors, offsets, widthProducts };
}

/** Memory for the rows of one window at a time, which would have to be collected after each. */
const scratch = {
  starts: new Float64Array(),
  ends: new Float64Array(),
  cls: new Float64Array(),
};

function toDoubles(name: keyof typeof scratch, rows: Rows): Float64Array {
  if (scratch[name].length < rows.length) scratch[name] = new Float64Array(2 * rows.length);
  const doubles = scratch[name];
  if (rows instanceof Uint16Array) decodeFloat16Into(doubles, rows);
  else doubles.set(rows);
  return doubles;
}

const doublesOfHeads = new WeakMap<SpanHead, Float64Array>();

function widthsOf(head: SpanHead): Float64Array {
  const widths = doublesOfHeads.get(head) ?? Float64Array.from(head.widths);
  doublesOfHeads.set(head, widths);
  return widths;
}

function checkRows({ embeddingSize: size }: SpanHead, window: LedgerWindow): void {
  const { starts, ends, startRows, endRows, clsRows } = window;
  invariant(startRows.length === starts.length * size, 'start rows must be [starts, E]');
  invariant(endRows.length === ends.length * size, 'end rows must be [ends, E]');
  invariant(clsRows.length === 2 * size, 'cls must be [2, E]');
}

function thresholdVectorOf(head: SpanHead, { clsRows }: LedgerWindow): Float32Array {
  const size = head.embeddingSize;
  const rows = toDoubles('cls', clsRows);
  const [starts, ends] = [rows.subarray(0, size), rows.subarray(size)];
  return unitSum({ size, starts, ends, widths: widthsOf(head) }, { start: 0, end: 0, width: 1 });
}

const bandOf = (
  { maxSpanTokens, widths, embeddingSize }: SpanHead,
  window: LedgerWindow,
): Band => ({
  starts: new Int32Array(window.starts),
  ends: new Int32Array(window.ends),
  maxWidth: Math.min(maxSpanTokens, widths.length / embeddingSize - 1),
});

const termsOf = (head: SpanHead, window: LedgerWindow): SpanTerms => ({
  size: head.embeddingSize,
  starts: toDoubles('starts', window.startRows),
  ends: toDoubles('ends', window.endRows),
  widths: widthsOf(head),
});

/**
 * Scores a window.
 *
 * Cost: (starts + ends) x T x E for the products, S x T to put them together, and parts of E for the
 *       lengths of candidates that lie on a type's side.
 */
export function scoreWindow(head: SpanHead, window: LedgerWindow, types: AskedTypes): ScoredWindow {
  checkRows(head, window);
  const thresholdVector = thresholdVectorOf(head, window);
  const band = bandOf(head, window);
  const terms = termsOf(head, window);
  const accepted = types.vectors.flatMap((vector, type) => {
    const threshold = typeThreshold(head, thresholdVector, vector);
    const offset = types.offsets[type]!;
    const products = {
      starts: rowProducts(terms.starts, band.starts.length, vector),
      ends: rowProducts(terms.ends, band.ends.length, vector),
      widths: types.widthProducts[type]!,
    };
    const bound = (threshold + offset) / head.logitScale;
    return hopefulCandidates({ band, terms, products, bound }).flatMap((rows): AcceptedSpan[] => {
      const spanVector = unitSum(terms, rows);
      const score = spanScore(head, spanVector, vector);
      if (!(score - threshold > offset)) return [];
      const place = placeOf(window, rows);
      return [{ type, ...place, score, threshold, vector: spanVector }];
    });
  });
  return { accepted, thresholdVector };
}

/**
 * The unit vector [E] of a span of the text that is a candidate of the window; null when it is none.
 * Units: UTF-16 code units of the document's text.
 */
export function spanVectorAt(
  head: SpanHead,
  window: LedgerWindow,
  span: Span,
): Float32Array | null {
  const start = Array.from(window.startOffsets).indexOf(span.start);
  const end = Array.from(window.endOffsets).indexOf(span.end);
  const width = (window.ends[end] ?? -Infinity) - (window.starts[start] ?? 0) + 1;
  if (start < 0 || width < 1 || width > bandOf(head, window).maxWidth) return null;
  return unitSum(termsOf(head, window), { start, end, width });
}

/** Where a candidate is, in the window and in the text. */
const placeOf = (window: LedgerWindow, { start, end }: CandidateRows) => ({
  first: window.starts[start]!,
  last: window.ends[end]!,
  start: window.startOffsets[start]!,
  end: window.endOffsets[end]!,
});
