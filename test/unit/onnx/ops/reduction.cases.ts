import { add } from '../../../../src/onnx/ops/elementwise.ts';
import { lastMean, logSumExp, reduceMax } from '../../../../src/onnx/ops/reduction.ts';
import type { OperatorCase } from '../../../support/onnx/check-operator.ts';
import { fixed, given, signed } from '../../../support/onnx/operator-inputs.ts';
import { plain, sumOf } from '../../../support/onnx/plain-array.ts';

/** Uses of every export of ops/reduction.ts. */
export const reductionCases: readonly OperatorCase[] = [
  {
    op: 'lastMean',
    title: 'of rows counted at run time',
    inputs: [signed([2, 3, 4], ['B', 'L', 4])],
    build: (x) => lastMean(x),
    expected: (x) => plain([2, 3, 1], (i, j) => sumOf(4, (k) => x.at(i, j, k)) / 4),
  },
  {
    op: 'reduceMax',
    title: 'over two axes',
    inputs: [fixed(signed([2, 3, 4]))],
    build: (x) => reduceMax(x, [0, -1]),
    expected: (x) =>
      plain([1, 3, 1], (_, j) =>
        Math.max(...x.values.filter((__, k) => Math.floor(k / 4) % 3 === j)),
      ),
  },
  {
    op: 'logSumExp',
    title: 'over the last axis',
    inputs: [signed([3, 5])],
    build: (x) => logSumExp(x, [-1]),
    expected: (x) => plain([3], (i) => Math.log(sumOf(5, (j) => Math.exp(x.at(i, j))))),
  },
  {
    op: 'logSumExp',
    title: 'over two axes of sizes known at run time',
    inputs: [signed([2, 3, 2], ['B', 'L', 'K'])],
    build: (x) => logSumExp(x, [1, 2]),
    expected: (x) =>
      plain([2], (i) => Math.log(sumOf(3, (j) => sumOf(2, (k) => Math.exp(x.at(i, j, k)))))),
  },
  {
    op: 'logSumExp',
    title: 'of numbers whose powers no float32 holds',
    inputs: [fixed(given([2, 3], [1000, 1001, 999, -1000, -1e9, -1001]))],
    build: (x) => logSumExp(x, [1]),
    expected: (x) =>
      plain([2], (i) => {
        const largest = Math.max(...[0, 1, 2].map((j) => x.at(i, j)));
        return largest + Math.log(sumOf(3, (j) => Math.exp(x.at(i, j) - largest)));
      }),
  },
  {
    op: 'logSumExp',
    title: 'of masked numbers',
    inputs: [signed([2, 3], ['R', 3]), fixed(given([2, 3], [0, -1e9, 0, -1e9, -1e9, 0], ['R', 3]))],
    build: (x, mask) => logSumExp(add(x, mask), [1]),
    expected: (x, mask) =>
      plain([2], (i) => Math.log(sumOf(3, (j) => Math.exp(x.at(i, j) + mask.at(i, j))))),
  },
];
