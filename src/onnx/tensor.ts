/**
 * Dense arrays with dimensions, in the element types that this program uses.
 */
import { invariant } from '../core/invariant.ts';

/** The typed array that holds each element type; float16 is kept as its 16 bits. */
export interface ElementArrays {
  float32: Float32Array;
  float16: Uint16Array;
  int64: BigInt64Array;
  int32: Int32Array;
  int8: Int8Array;
  uint8: Uint8Array;
}

/** Name of an element type, as onnxruntime spells it. */
export type ElementType = keyof ElementArrays;

/** Invariant: `data.length` is the product of `dims`; rows are contiguous (C order). */
export interface Tensor<T extends ElementType = ElementType> {
  readonly type: T;
  readonly dims: readonly number[];
  readonly data: ElementArrays[T];
}

/** Number of elements that dimensions hold; 1 for a scalar. */
export const elementCount = (dims: readonly number[]): number =>
  dims.reduce((count, size) => count * size, 1);

/** A tensor over `data`, which is not copied. */
export function tensor<T extends ElementType>(
  type: T,
  dims: readonly number[],
  data: ElementArrays[T],
): Tensor<T> {
  invariant(
    data.length === elementCount(dims),
    `A tensor of [${dims}] must have ${elementCount(dims)} elements, but got: ${data.length}.`,
  );
  return { type, dims, data };
}

/** A float32 tensor of the given numbers. */
export const floats = (dims: readonly number[], values: ArrayLike<number>): Tensor<'float32'> =>
  tensor('float32', dims, Float32Array.from(values));

/** An int64 tensor of the given whole numbers. */
export const integers = (dims: readonly number[], values: readonly number[]): Tensor<'int64'> =>
  tensor('int64', dims, BigInt64Array.from(values, BigInt));

/** The elements as bytes, without a copy (little-endian, which every supported machine is). */
export const tensorBytes = ({ data }: Tensor): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
