import {
  layerNormalization,
  rowLength,
  softmax,
  unitRows,
} from '../../../../src/onnx/ops/normalization.ts';
import type { OperatorCase } from '../../../support/onnx/check-operator.ts';
import { given, positive, signed } from '../../../support/onnx/operator-inputs.ts';
import { type PlainArray, plain, sumOf } from '../../../support/onnx/plain-array.ts';

const normalized =
  (dims: readonly number[], epsilon: number) =>
  (x: PlainArray, weight: PlainArray, bias: PlainArray): PlainArray =>
    plain(dims, (...index) => {
      const size = dims.at(-1)!;
      const row = index.slice(0, -1);
      const column = index.at(-1)!;
      const mean = sumOf(size, (k) => x.at(...row, k)) / size;
      const variance = sumOf(size, (k) => (x.at(...row, k) - mean) ** 2) / size;
      const standard = (x.at(...index) - mean) / Math.sqrt(variance + epsilon);
      return standard * weight.at(column) + bias.at(column);
    });

/** Uses of every export of ops/normalization.ts. */
export const normalizationCases: readonly OperatorCase[] = [
  {
    op: 'layerNormalization',
    title: 'of rows',
    inputs: [signed([3, 5]), positive([5]), signed([5])],
    build: (x, weight, bias) => layerNormalization(x, { weight, bias }, 1e-12),
    expected: normalized([3, 5], 1e-12),
  },
  {
    op: 'layerNormalization',
    title: 'of three axes, two of them known at run time, with an epsilon that counts',
    inputs: [signed([2, 3, 4], ['B', 'L', 4]), positive([4]), signed([4])],
    build: (x, weight, bias) => layerNormalization(x, { weight, bias }, 0.25),
    expected: normalized([2, 3, 4], 0.25),
  },
  {
    op: 'softmax',
    title: 'of rows',
    inputs: [signed([3, 4])],
    build: (x) => softmax(x),
    expected: (x) =>
      plain([3, 4], (i, j) => Math.exp(x.at(i, j)) / sumOf(4, (k) => Math.exp(x.at(i, k)))),
  },
  {
    op: 'softmax',
    title: 'of sizes known at run time',
    inputs: [signed([2, 2, 3], ['B', 2, 'L'])],
    build: (x) => softmax(x),
    expected: (x) =>
      plain(
        [2, 2, 3],
        (i, j, k) => Math.exp(x.at(i, j, k)) / sumOf(3, (n) => Math.exp(x.at(i, j, n))),
      ),
  },
  {
    op: 'rowLength',
    title: 'of long rows and of one below the least length',
    inputs: [given([3, 2], [3, 4, -1, 0.5, 0.01, 0.02])],
    build: (x) => rowLength(x, 0.1),
    expected: (x) => plain([3, 1], (i) => Math.max(0.1, Math.hypot(x.at(i, 0), x.at(i, 1)))),
  },
  {
    op: 'unitRows',
    title: 'of rows counted at run time',
    inputs: [signed([3, 4], ['N', 4])],
    build: (x) => unitRows(x),
    expected: (x) =>
      plain([3, 4], (i, j) => x.at(i, j) / Math.sqrt(sumOf(4, (k) => x.at(i, k) ** 2))),
  },
];
