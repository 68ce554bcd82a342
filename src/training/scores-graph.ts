/**
 * Scores of every start, end and span of a batch against every type, for training: dense over all
 * token pairs of a window, by Gram products instead of an L × L × E tensor.
 *
 * Shapes: B windows, L tokens, T types, W rows of the width table, E embedding size.
 * Source: BINDER, similarity and dynamic thresholds; the rewrite is exact.
 */
import type { SpanParts } from '../ner/heads-graph.ts';
import type { Value } from '../onnx/graph.ts';
import { expand, reduceSum } from '../onnx/ops/broadcast.ts';
import { add, atLeast, divide, exp, multiply, squareRoot } from '../onnx/ops/elementwise.ts';
import { gatherElements, gatherRows } from '../onnx/ops/indexing.ts';
import { reshape, transpose } from '../onnx/ops/layout.ts';
import { matrixProduct } from '../onnx/ops/linear.ts';
import { unitRows } from '../onnx/ops/normalization.ts';
import type { Dim } from '../onnx/shape.ts';

const smallestSquare = 1e-24;

/** Windows and tokens of a batch. */
export interface BatchSizes {
  readonly windows: Dim;
  readonly length: Dim;
}

/**
 * exp(scale) · cosine of every token vector with every type vector.
 *
 * Shapes: tokens [B·L, E], types [T, E] → [B, T, L].
 */
export function positionScores(
  tokens: Value,
  types: Value,
  { scale, windows, length }: BatchSizes & { readonly scale: Value },
): Value {
  const vectors = reshape(unitRows(tokens), [windows, length, tokens.shape[1] as Dim]);
  const cosines = matrixProduct(unitRows(types), vectors, { transposeRight: true });
  return multiply(cosines, exp(scale));
}

/** A column of the width table for every pair of tokens. Shapes: table [W, n] → [n, L, L]. */
const byWidth = (table: Value, widthIndex: Value): Value =>
  transpose(gatherRows(table, widthIndex), [2, 0, 1]);

/** |a_i + b_j + c_w|² of every pair of tokens. Shapes: [B, L, L]. */
function squaredLengths({ starts, ends, widths }: SpanParts, widthIndex: Value): Value {
  const [windows, length] = starts.shape as [Dim, Dim, Dim];
  const squares = (x: Value): Value => reduceSum(multiply(x, x), [-1], true);
  const across = { transposeRight: true };
  const index = expand(widthIndex, [windows, length, length]);
  const flipped = expand(transpose(widthIndex, [1, 0]), [windows, length, length]);
  const startWidth = gatherElements(matrixProduct(starts, widths, across), index, 2);
  const endWidth = gatherElements(matrixProduct(ends, widths, across), flipped, 2);
  const crossed = add(
    add(matrixProduct(starts, ends, across), startWidth),
    transpose(endWidth, [0, 2, 1]),
  );
  const own = add(squares(starts), transpose(squares(ends), [0, 2, 1]));
  return add(add(own, byWidth(squares(widths), widthIndex)), multiply(crossed, 2));
}

/**
 * exp(scale) · cosine of every span [i, j] with every type.
 *
 * Shapes: parts starts, ends [B·L, E], widths [W, E]; types [T, E]; widthIndex int64 [L, L], the row
 * of the width table of each pair (0 where j < i) → [B, T, L, L].
 */
export function spanScores(
  parts: SpanParts,
  types: Value,
  { scale, widthIndex, windows, length }: BatchSizes & { scale: Value; widthIndex: Value },
): Value {
  const size = parts.starts.shape[1] as Dim;
  const count = types.shape[0] as Dim;
  const starts = reshape(parts.starts, [windows, length, size]);
  const ends = reshape(parts.ends, [windows, length, size]);
  const units = unitRows(types);
  const along = { transposeRight: true };
  const fromStarts = reshape(matrixProduct(units, starts, along), [windows, count, length, 1]);
  const fromEnds = reshape(matrixProduct(units, ends, along), [windows, count, 1, length]);
  const fromWidths = byWidth(matrixProduct(parts.widths, units, along), widthIndex);
  const numerators = add(add(fromStarts, fromEnds), fromWidths);
  const squared = squaredLengths({ starts, ends, widths: parts.widths }, widthIndex);
  const lengths = squareRoot(atLeast(squared, smallestSquare));
  const factor = divide(exp(scale), reshape(lengths, [windows, 1, length, length]));
  return multiply(numerators, factor);
}
