import { dropout } from '../../../../src/onnx/ops/dropout.ts';
import type { OperatorCase } from '../../../support/onnx/check-operator.ts';
import { fixed, given, indices, signed } from '../../../support/onnx/operator-inputs.ts';
import { plain } from '../../../support/onnx/plain-array.ts';

const pool = fixed(given([12], [0, 2, 2, 0, 0, 2, 0, 2, 2, 2, 0, 2], ['R']));

/** Uses of every export of ops/dropout.ts. */
export const dropoutCases: readonly OperatorCase[] = [
  {
    op: 'dropout',
    title: 'by the stretch of its site',
    inputs: [signed([2, 3]), pool, indices([2], [0, 5], ['D'])],
    build: (x, masks, offsets) => dropout(x, { pool: masks, offsets }, 1),
    expected: (x, masks) => plain([2, 3], (i, j) => x.at(i, j) * masks.at(5 + i * 3 + j)),
  },
  {
    op: 'dropout',
    title: 'of sizes known at run time, at two sites',
    inputs: [signed([2, 2], ['B', 'L']), pool, indices([2], [1, 7], ['D'])],
    build: (x, masks, offsets) => {
      const source = { pool: masks, offsets };
      return dropout(dropout(x, source, 0), source, 1);
    },
    expected: (x, masks) =>
      plain([2, 2], (i, j) => x.at(i, j) * masks.at(1 + i * 2 + j) * masks.at(7 + i * 2 + j)),
  },
];
