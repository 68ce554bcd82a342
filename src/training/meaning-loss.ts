/**
 * What the meaning head learns from: each form is to be nearer to its other names than to anything
 * else, by one log-sum-exp over all other forms of the batch.
 *
 * Source: Khosla et al. 2020 (supervised contrastive loss, the sum outside the logarithm).
 * Shapes: N forms, H numbers of a mean state, D of a meaning vector.
 */
import { gradients } from '../onnx/gradient.ts';
import { Graph, type Value } from '../onnx/graph.ts';
import { reduceSum } from '../onnx/ops/broadcast.ts';
import { add, multiply, subtract } from '../onnx/ops/elementwise.ts';
import { matrixProduct } from '../onnx/ops/linear.ts';
import { unitRows } from '../onnx/ops/normalization.ts';
import { logSumExp } from '../onnx/ops/reduction.ts';
import type { Tensors } from '../onnx/session.ts';
import { tensor } from '../onnx/tensor.ts';

/** Sizes of the head, and what cosines are divided by. */
export interface MeaningLossOptions {
  readonly from: number;
  readonly to: number;
  readonly temperature: number;
}

/** The graph of one step. */
export interface MeaningLoss {
  readonly graph: Graph;
  readonly loss: Value;
  /** Of the matrix [D, H]. */
  readonly gradient: Value;
}

/** Name of the matrix in the graph. */
export const headMatrix = 'matrix';

/** Added to the similarity of a form with itself: e to this is 0. */
const excluded = -1e9;

/** Builds the step: forms [N, H] through the matrix to unit vectors, and their loss. */
export function buildMeaningLoss({ from, to, temperature }: MeaningLossOptions): MeaningLoss {
  const graph = new Graph();
  const forms = graph.input('forms', 'float32', ['N', from]);
  const matrix = graph.parameter(headMatrix, [to, from]);
  const vectors = unitRows(matrixProduct(forms, matrix, { transposeRight: true }));
  const scale = 1 / temperature;
  const similarities = matrixProduct(vectors, vectors, { transposeRight: true, scale });
  const others = add(similarities, graph.input('self', 'float32', ['N', 'N']));
  const rowWeight = graph.input('row_weight', 'float32', ['N']);
  const sameWeight = graph.input('same_weight', 'float32', ['N', 'N']);
  const loss = subtract(
    reduceSum(multiply(logSumExp(others, [1]), rowWeight), [0]),
    reduceSum(multiply(similarities, sameWeight), [0, 1]),
  );
  return { graph, loss, gradient: gradients(loss, [matrix])[0]! };
}

/**
 * What says which forms of a batch name the same thing: `same[i]` has the places in the batch of the
 * other names of form i. Every form that has any counts alike, and so does each of its names.
 */
export function sameFeeds(same: readonly ReadonlySet<number>[]): Tensors {
  const count = same.length;
  const anchors = same.filter(({ size }) => size > 0).length;
  const self = new Float32Array(count * count);
  const sameWeight = new Float32Array(count * count);
  const rowWeight = new Float32Array(count);
  same.forEach((others, row) => {
    self[row * count + row] = excluded;
    if (others.size > 0) rowWeight[row] = 1 / anchors;
    for (const other of others) sameWeight[row * count + other] = 1 / (anchors * others.size);
  });
  return {
    self: tensor('float32', [count, count], self),
    same_weight: tensor('float32', [count, count], sameWeight),
    row_weight: tensor('float32', [count], rowWeight),
  };
}
