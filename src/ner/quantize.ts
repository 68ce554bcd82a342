/**
 * Weights in fewer bits: how a bundle stores them, and the numbers they stand for.
 *
 * A stored tensor is float32, float16, or int8 beside one float32 scale for each row: its value is
 * integer x scale, symmetric about zero, so that rows keep their own range and zero stays zero.
 */
import { decodeFloat16, encodeFloat16 } from '../core/float16.ts';
import { invariant } from '../core/invariant.ts';
import { type Tensor, tensor } from '../onnx/tensor.ts';

/** Tensors by name, as they are written to disk. */
export type StoredTensors = ReadonlyMap<string, Tensor>;

/** Tensors by name, as they are computed with. */
export type FloatTensors = ReadonlyMap<string, Tensor<'float32'>>;

/** How the weights of a bundle are stored. */
export type Storage =
  /** Every number as it is. */
  | { readonly kind: 'float32' }
  /**
   * Word embeddings and the matrices of encoder layers in 8 bits, the rest in float16. `levels` is
   * the largest integer used: 127, or 63 for processors whose 8-bit products overflow 16 bits.
   */
  | { readonly kind: 'compact'; readonly levels: 127 | 63 };

/** Name of the scales that belong to an int8 tensor. */
export const scaleName = (name: string): string => `${name}.scale`;

/** A matrix as integers with one scale for each row. */
export interface QuantizedRows {
  readonly values: Tensor<'int8'>;
  /** Shapes: [rows]. */
  readonly scale: Tensor<'float32'>;
}

/** Rounds each row of a matrix to integers from -levels to levels. Shapes: [rows, columns]. */
export function quantizeRows({ dims, data }: Tensor<'float32'>, levels: number): QuantizedRows {
  const [rows = 0, columns = 0] = dims;
  invariant(dims.length === 2, 'only matrices are quantized');
  const values = new Int8Array(data.length);
  const scale = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const begin = row * columns;
    let largest = 0;
    for (let i = begin; i < begin + columns; i += 1)
      largest = Math.max(largest, Math.abs(data[i]!));
    scale[row] = largest / levels;
    // A row so small that its scale vanishes is a row of zeros.
    if (scale[row] === 0) continue;
    const factor = 1 / scale[row]!;
    for (let i = begin; i < begin + columns; i += 1)
      values[i] = Math.max(-levels, Math.min(levels, Math.round(data[i]! * factor)));
  }
  return { values: tensor('int8', dims, values), scale: tensor('float32', [rows], scale) };
}

/** True for the tensors that `compact` keeps in 8 bits: nearly all of a model's bytes. */
const isLarge = (name: string, { dims }: Tensor): boolean =>
  dims.length === 2 && (name.endsWith('word_embeddings.weight') || name.includes('encoder.layer.'));

/** The tensors as they are written. */
export function storeWeights(weights: FloatTensors, storage: Storage): Map<string, Tensor> {
  const stored = new Map<string, Tensor>();
  for (const [name, weight] of weights) {
    if (storage.kind === 'float32' || weight.dims.length === 0) {
      stored.set(name, weight);
    } else if (isLarge(name, weight)) {
      const { values, scale } = quantizeRows(weight, storage.levels);
      stored.set(name, values).set(scaleName(name), scale);
    } else {
      stored.set(name, tensor('float16', weight.dims, encodeFloat16(weight.data)));
    }
  }
  return stored;
}

/** Writes row number `row` of a matrix into `into` from place `at`. */
export type ReadRow = (row: number, into: Float32Array, at: number) => void;

/** Reads single rows of a stored matrix, which stays as small as it is stored. */
export function rowReader(stored: StoredTensors, name: string): ReadRow {
  const matrix = stored.get(name);
  const columns = matrix?.dims[1];
  invariant(matrix && columns !== undefined, `${name} must be a stored matrix`);
  if (matrix.type !== 'int8') {
    const { data } = floatTensor(stored, name);
    return (row, into, at) => into.set(data.subarray(row * columns, (row + 1) * columns), at);
  }
  const data = matrix.data as Int8Array;
  const scales = scalesOf(stored, name);
  return (row, into, at) => {
    const begin = row * columns;
    const scale = scales[row]!;
    for (let i = 0; i < columns; i += 1) into[at + i] = data[begin + i]! * scale;
  };
}

function scalesOf(stored: StoredTensors, name: string): Float32Array {
  const scale = stored.get(scaleName(name));
  invariant(scale?.type === 'float32', `${name} must have scales`);
  return scale.data as Float32Array;
}

/** The numbers that a stored tensor stands for. */
export function floatTensor(stored: StoredTensors, name: string): Tensor<'float32'> {
  const found = stored.get(name);
  invariant(found, `${name} must be stored`);
  if (found.type === 'float32') return found as Tensor<'float32'>;
  if (found.type === 'float16')
    return tensor('float32', found.dims, decodeFloat16(found.data as Uint16Array));
  invariant(found.type === 'int8', `${name} must be float32, float16 or int8`);
  const data = new Float32Array(found.data.length);
  const columns = found.dims[1]!;
  const readRow = rowReader(stored, name);
  for (let row = 0; row < found.dims[0]!; row += 1) readRow(row, data, row * columns);
  return tensor('float32', found.dims, data);
}

/** Names of the stored tensors that begin with one of the prefixes; scales go with their matrices. */
export const tensorNames = (stored: StoredTensors, prefixes: readonly string[]): string[] =>
  [...stored.keys()].filter(
    (name) => prefixes.some((prefix) => name.startsWith(prefix)) && !name.endsWith('.scale'),
  );

/** The numbers of every stored tensor whose name begins with one of the prefixes. */
export const floatTensors = (
  stored: StoredTensors,
  prefixes: readonly string[],
): Map<string, Tensor<'float32'>> =>
  new Map(tensorNames(stored, prefixes).map((name) => [name, floatTensor(stored, name)]));
