/**
 * Encoder weights as an 8-bit product takes them: the stored integers themselves, columns first.
 */

import { maxQuantizedWeight } from '../onnx/ops/quantized.ts';
import { type Tensor, tensor } from '../onnx/tensor.ts';
import {
  floatTensor,
  quantizeRows,
  type StoredTensors,
  scaleName,
  tensorNames,
} from './quantize.ts';

/** Shapes: [rows, columns] -> [columns, rows]. */
function transposed({ dims, data }: Tensor<'int8'>): Tensor<'int8'> {
  const [rows = 0, columns = 0] = dims;
  const turned = new Int8Array(data.length);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      turned[column * rows + row] = data[row * columns + column]!;
  return tensor('int8', [columns, rows], turned);
}

/** A stored matrix in 7 bits, rounded again if it was stored in more. */
function sevenBitRows(stored: StoredTensors, name: string) {
  const values = stored.get(name) as Tensor<'int8'>;
  const scale = stored.get(scaleName(name)) as Tensor<'float32'>;
  const fits = values.data.every((value) => Math.abs(value) <= maxQuantizedWeight);
  return fits ? { values, scale } : quantizeRows(floatTensor(stored, name), maxQuantizedWeight);
}

/** True when the layers of an encoder are stored as integers. */
export const hasIntegerLayers = (stored: StoredTensors, prefix: string): boolean =>
  [...stored].some(
    ([name, { type }]) => name.startsWith(`${prefix}encoder.layer.`) && type === 'int8',
  );

/**
 * The weights of the tensors whose names begin with one of the prefixes: matrices stored as integers
 * as [columns, rows] beside their scales, everything else as float32.
 */
export function integerTensors(
  stored: StoredTensors,
  prefixes: readonly string[],
): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const name of tensorNames(stored, prefixes)) {
    if (stored.get(name)?.type !== 'int8') {
      tensors.set(name, floatTensor(stored, name));
      continue;
    }
    const { values, scale } = sevenBitRows(stored, name);
    tensors.set(name, transposed(values)).set(scaleName(name), scale);
  }
  return tensors;
}
