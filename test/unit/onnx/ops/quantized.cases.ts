import { quantizedLinear } from '../../../../src/onnx/ops/quantized.ts';
import { floats } from '../../../../src/onnx/tensor.ts';
import type { OperatorCase } from '../../../support/onnx/check-operator.ts';
import { fixed, given, positive, signed } from '../../../support/onnx/operator-inputs.ts';
import { type PlainArray, plain, sumOf } from '../../../support/onnx/plain-array.ts';

const bias = [0.5, -1];

/** Whole numbers of a row, whose largest magnitude is 127, times what one of them stands for. */
function rounded(x: PlainArray, [i, k]: [number, number]): number {
  const size = x.dims[1]!;
  const largest = Math.max(...Array.from({ length: size }, (_, n) => Math.abs(x.at(i, n))));
  const unit = largest / 127;
  return unit === 0 ? 0 : Math.round(x.at(i, k) / unit) * unit;
}

/** Uses of every export of ops/quantized.ts. */
export const quantizedCases: readonly OperatorCase[] = [
  {
    op: 'quantizedLinear',
    title: 'of rows of unlike sizes, one of them zero',
    inputs: [
      fixed(
        given(
          [4, 3],
          [...signed([3]).values, 100, -0.4, 0.7, 0, 0, 0, 1e-3, 3e-3, -2e-3],
          ['N', 3],
        ),
      ),
      {
        type: 'int8',
        dims: [3, 2],
        shape: [3, 2],
        values: [63, -5, -63, 20, 7, 0],
        trained: false,
      },
      fixed(positive([2])),
    ],
    build: (x, weight, scale) =>
      quantizedLinear(x, { weight, scale, bias: x.graph.constant(floats([2], bias)) }),
    expected: (x, weight, scale) =>
      plain([4, 2], (i, j) => {
        const product = sumOf(3, (k) => rounded(x, [i, k]) * weight.at(k, j));
        return product * scale.at(j) + bias[j]!;
      }),
  },
];
