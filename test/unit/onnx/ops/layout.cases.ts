import { add } from '../../../../src/onnx/ops/elementwise.ts';
import { concat, reshape, slice, transpose } from '../../../../src/onnx/ops/layout.ts';
import type { OperatorCase } from '../../../support/onnx/check-operator.ts';
import { fixed, indices, signed } from '../../../support/onnx/operator-inputs.ts';
import { plain, plainArray } from '../../../support/onnx/plain-array.ts';

/** Uses of every export of ops/layout.ts. */
export const layoutCases: readonly OperatorCase[] = [
  {
    op: 'reshape',
    title: 'to known sizes',
    inputs: [signed([2, 6])],
    build: (a) => reshape(a, [3, 4]),
    expected: (a) => plainArray([3, 4], a.values),
  },
  {
    op: 'reshape',
    title: 'to a scalar',
    inputs: [signed([1, 1])],
    build: (a) => reshape(a, []),
    expected: (a) => plainArray([], a.values),
  },
  {
    op: 'reshape',
    title: 'joining two sizes known at run time, and back',
    inputs: [signed([2, 3, 4], ['B', 'L', 4])],
    build: (a) => reshape(reshape(a, ['B·L', 4]), ['B', 'L', 2, 2]),
    expected: (a) => plainArray([2, 3, 2, 2], a.values),
  },
  {
    op: 'reshape',
    title: 'to sizes that neither place nor count tells',
    inputs: [signed([2, 3, 4], ['B', 'T', 'L']), fixed(signed([6, 4], ['B·T', 'L']))],
    build: (a, b) => add(reshape(a, ['B·T', 'L']), b),
    expected: (a, b) =>
      plainArray(
        [6, 4],
        a.values.map((value, k) => value + b.values[k]!),
      ),
  },
  {
    op: 'transpose',
    title: 'of two axes',
    inputs: [signed([2, 3])],
    build: (a) => transpose(a, [1, 0]),
    expected: (a) => plain([3, 2], (i, j) => a.at(j, i)),
  },
  {
    op: 'transpose',
    title: 'by an order that is not its own inverse',
    inputs: [signed([2, 3, 4], ['B', 'L', 4])],
    build: (a) => transpose(a, [2, 0, 1]),
    expected: (a) => plain([4, 2, 3], (i, j, k) => a.at(j, k, i)),
  },
  {
    op: 'slice',
    title: 'from the middle of an axis',
    inputs: [signed([2, 6, 2])],
    build: (a) => slice(a, { axis: 1, start: 2, size: 3 }),
    expected: (a) => plain([2, 3, 2], (i, j, k) => a.at(i, j + 2, k)),
  },
  {
    op: 'slice',
    title: 'at the end, the axis counted from the back',
    inputs: [signed([3, 4])],
    build: (a) => slice(a, { axis: -1, start: 3, size: 1 }),
    expected: (a) => plain([3, 1], (i) => a.at(i, 3)),
  },
  {
    op: 'slice',
    title: 'as long as a size known at run time',
    inputs: [signed([5, 2]), fixed(signed([3], ['L']))],
    build: (a) => slice(a, { axis: 0, start: 0, size: 'L' }),
    expected: (a) => plain([3, 2], (i, j) => a.at(i, j)),
  },
  {
    op: 'slice',
    title: 'of an axis whose size is known at run time',
    inputs: [signed([2, 5, 3], ['B', 'L', 3])],
    build: (a) => slice(a, { axis: 1, start: 0, size: 1 }),
    expected: (a) => plain([2, 1, 3], (i, _, k) => a.at(i, 0, k)),
  },
  {
    op: 'slice',
    title: 'that starts where the run says',
    inputs: [fixed(signed([6])), indices([1], [2])],
    build: (a, start) => slice(a, { axis: 0, start, size: 3 }),
    expected: (a) => plain([3], (i) => a.at(i + 2)),
  },
  {
    op: 'concat',
    title: 'of three parts along the last axis',
    inputs: [signed([2, 1]), signed([2, 3]), signed([2, 2])],
    build: (a, b, c) => concat([a, b, c], -1),
    expected: (a, b, c) =>
      plain([2, 6], (i, j) => (j < 1 ? a.at(i, j) : j < 4 ? b.at(i, j - 1) : c.at(i, j - 4))),
  },
  {
    op: 'concat',
    title: 'with other sizes known at run time, one part twice',
    inputs: [signed([3, 2], ['B', 2]), signed([3, 1], ['B', 1])],
    build: (a, b) => concat([a, b, a], 1),
    expected: (a, b) =>
      plain([3, 5], (i, j) => (j < 2 ? a.at(i, j) : j < 3 ? b.at(i, 0) : a.at(i, j - 3))),
  },
];
