import { gatherElements, gatherRows } from '../../../../src/onnx/ops/indexing.ts';
import type { OperatorCase } from '../../../support/onnx/check-operator.ts';
import { indices, signed } from '../../../support/onnx/operator-inputs.ts';
import { plain } from '../../../support/onnx/plain-array.ts';

/** Uses of every export of ops/indexing.ts. */
export const indexingCases: readonly OperatorCase[] = [
  {
    op: 'gatherRows',
    title: 'with rows chosen twice and never',
    inputs: [signed([4, 3]), indices([2, 3], [1, 1, 3, 0, 1, 3])],
    build: (table, at) => gatherRows(table, at),
    expected: (table, at) => plain([2, 3, 3], (i, j, k) => table.at(at.at(i, j), k)),
  },
  {
    op: 'gatherRows',
    title: 'of sizes known at run time',
    inputs: [signed([4, 2], ['R', 2]), indices([3], [3, 0, 3], ['M'])],
    build: (table, at) => gatherRows(table, at),
    expected: (table, at) => plain([3, 2], (i, j) => table.at(at.at(i), j)),
  },
  {
    op: 'gatherRows',
    title: 'of single numbers',
    inputs: [signed([5], ['N']), indices([4], [4, 2, 2, 0], ['M'])],
    build: (table, at) => gatherRows(table, at),
    expected: (table, at) => plain([4], (i) => table.at(at.at(i))),
  },
  {
    op: 'gatherElements',
    title: 'along the last axis with repeats',
    inputs: [signed([2, 3]), indices([2, 4], [0, 2, 2, 1, 1, 1, 0, 0])],
    build: (x, at) => gatherElements(x, at, -1),
    expected: (x, at) => plain([2, 4], (i, j) => x.at(i, at.at(i, j))),
  },
  {
    op: 'gatherElements',
    title: 'along a middle axis of sizes known at run time',
    inputs: [
      signed([2, 3, 2], ['B', 'W', 2]),
      indices([2, 2, 2], [0, 2, 2, 1, 1, 1, 0, 0], ['B', 'L', 2]),
    ],
    build: (x, at) => gatherElements(x, at, 1),
    expected: (x, at) => plain([2, 2, 2], (i, j, k) => x.at(i, at.at(i, j, k), k)),
  },
];
