/**
 * A linear map in 8-bit whole numbers, for inference: no gradient flows through it.
 *
 * Activations are quantised row by row, so that a row's result never depends on the rows that happen
 * to be computed with it. Weights use 7 bits, because processors without VNNI saturate sums of
 * full-range 8-bit products.
 */
import { emitOne, type Value } from '../graph.ts';
import type { Dim } from '../shape.ts';
import { tensor } from '../tensor.ts';
import { add, multiply } from './elementwise.ts';

/** Largest magnitude of a quantised weight: 7 bits. */
export const maxQuantizedWeight = 63;

const activationLevels = 127;
const activationZero = 128;

/** Weights in whole numbers: the float weight [out, in] is `weight[in, out]ᵀ · scale[out]`. */
export interface QuantizedLinearParameters {
  /** int8 [in, out], magnitudes at most 63. */
  readonly weight: Value;
  /** float32 [out] */
  readonly scale: Value;
  /** float32 [out] */
  readonly bias: Value;
}

/** One scale a row: its largest magnitude over 127. Shapes: [N, in] → [N]. */
function rowScales(x: Value): Value {
  const magnitudes = emitOne('Abs', [x], { shape: x.shape });
  const largest = emitOne('ReduceMax', [magnitudes, x.graph.indices([1])], {
    shape: [x.shape[0] as Dim],
    attributes: { keepdims: { int: 0 } },
  });
  return multiply(largest, 1 / activationLevels);
}

function quantizeRows(x: Value, scales: Value): Value {
  const [dims] = x.graph.emit({
    op: 'Shape',
    inputs: [scales],
    outputs: [{ type: 'int64', shape: [1] }],
  });
  const zeroPoints = emitOne('ConstantOfShape', [dims], {
    shape: scales.shape,
    type: 'uint8',
    attributes: { value: { tensor: tensor('uint8', [1], Uint8Array.of(activationZero)) } },
  });
  return emitOne('QuantizeLinear', [x, scales, zeroPoints], {
    shape: x.shape,
    type: 'uint8',
    attributes: { axis: { int: 0 } },
  });
}

/**
 * About x · weightᵀ + bias, row by row.
 *
 * Shapes: x [N, in] → [N, out].
 */
export function quantizedLinear(x: Value, parameters: QuantizedLinearParameters): Value {
  const { weight, scale, bias } = parameters;
  const { graph } = x;
  const scales = rowScales(x);
  const zero = graph.constant(tensor('uint8', [], Uint8Array.of(activationZero)));
  const product = emitOne(
    'MatMulIntegerToFloat',
    [quantizeRows(x, scales), weight, graph.scalar(1), scale, zero],
    {
      shape: [x.shape[0] as Dim, weight.shape[1] as Dim],
      type: 'float32',
      domain: 'com.microsoft',
    },
  );
  const column = emitOne('Unsqueeze', [scales, graph.indices([1])], {
    shape: [x.shape[0] as Dim, 1],
  });
  return add(multiply(product, column), bias);
}
