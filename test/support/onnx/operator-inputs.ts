/**
 * Arrays for operator cases.
 */
import type { Shape } from '../../../src/onnx/shape.ts';
import { elementCount } from '../../../src/onnx/tensor.ts';
import { type OperatorInput, someNumbers } from './check-operator.ts';

let seed = 0;

function nextNumbers(dims: readonly number[]): number[] {
  seed += 1;
  return someNumbers(elementCount(dims), seed);
}

/** Trained numbers of both signs; `shape` where the graph knows letters only. */
export const signed = (dims: readonly number[], shape: Shape = dims): OperatorInput => ({
  type: 'float32',
  dims,
  shape,
  values: nextNumbers(dims),
  trained: true,
});

/** Trained numbers from 0.5 to 2. */
export const positive = (dims: readonly number[], shape: Shape = dims): OperatorInput => ({
  ...signed(dims, shape),
  values: nextNumbers(dims).map((value) => Math.fround(1.25 + value / 2)),
});

/** Trained numbers as given. */
export const given = (
  dims: readonly number[],
  values: readonly number[],
  shape: Shape = dims,
): OperatorInput => ({ ...signed(dims, shape), values });

/** Indices, which no gradient reaches. */
export const indices = (
  dims: readonly number[],
  values: readonly number[],
  shape: Shape = dims,
): OperatorInput => ({ type: 'int64', dims, shape, values, trained: false });

/** The same array without a gradient. */
export const fixed = (input: OperatorInput): OperatorInput => ({ ...input, trained: false });
