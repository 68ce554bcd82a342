import { expand, reduceSum, unbroadcast } from '../../../../src/onnx/ops/broadcast.ts';
import type { OperatorCase } from '../../../support/onnx/check-operator.ts';
import { fixed, signed } from '../../../support/onnx/operator-inputs.ts';
import { plain, sumOf } from '../../../support/onnx/plain-array.ts';

/** Uses of every export of ops/broadcast.ts. */
export const broadcastCases: readonly OperatorCase[] = [
  {
    op: 'expand',
    title: 'to known sizes and a higher rank',
    inputs: [signed([3, 1])],
    build: (a) => expand(a, [2, 3, 4]),
    expected: (a) => plain([2, 3, 4], (_, j) => a.at(j, 0)),
  },
  {
    op: 'expand',
    title: 'to a size known at run time',
    inputs: [signed([1, 3]), fixed(signed([4, 3], ['L', 3]))],
    build: (a) => expand(a, ['L', 3]),
    expected: (a) => plain([4, 3], (_, j) => a.at(0, j)),
  },
  {
    op: 'expand',
    title: 'to its own shape',
    inputs: [signed([2, 3])],
    build: (a) => expand(a, [2, 3]),
    expected: (a) => a,
  },
  {
    op: 'reduceSum',
    title: 'over one axis, removed',
    inputs: [signed([2, 3, 4])],
    build: (a) => reduceSum(a, [1]),
    expected: (a) => plain([2, 4], (i, k) => sumOf(3, (j) => a.at(i, j, k))),
  },
  {
    op: 'reduceSum',
    title: 'over the last axis, kept, counted from the back',
    inputs: [signed([2, 3])],
    build: (a) => reduceSum(a, [-1], true),
    expected: (a) => plain([2, 1], (i) => sumOf(3, (j) => a.at(i, j))),
  },
  {
    op: 'reduceSum',
    title: 'over two axes of sizes known at run time',
    inputs: [signed([2, 3, 4], ['B', 'L', 4])],
    build: (a) => reduceSum(a, [0, 2]),
    expected: (a) => plain([3], (j) => sumOf(2, (i) => sumOf(4, (k) => a.at(i, j, k)))),
  },
  {
    op: 'reduceSum',
    title: 'over every axis',
    inputs: [signed([2, 3], ['B', 3])],
    build: (a) => reduceSum(a, [0, 1]),
    expected: (a) => plain([], () => sumOf(2, (i) => sumOf(3, (j) => a.at(i, j)))),
  },
  {
    op: 'unbroadcast',
    title: 'to a lower rank and a size of 1',
    inputs: [signed([2, 3, 4])],
    build: (a) => unbroadcast(a, [3, 1]),
    expected: (a) => plain([3, 1], (j) => sumOf(2, (i) => sumOf(4, (k) => a.at(i, j, k)))),
  },
  {
    op: 'unbroadcast',
    title: 'to a scalar',
    inputs: [signed([2, 3], ['B', 3])],
    build: (a) => unbroadcast(a, []),
    expected: (a) => plain([], () => sumOf(2, (i) => sumOf(3, (j) => a.at(i, j)))),
  },
  {
    op: 'unbroadcast',
    title: 'over sizes known at run time, one kept',
    inputs: [signed([2, 3, 4], ['B', 'L', 4])],
    build: (a) => unbroadcast(a, ['L', 4]),
    expected: (a) => plain([3, 4], (j, k) => sumOf(2, (i) => a.at(i, j, k))),
  },
];
