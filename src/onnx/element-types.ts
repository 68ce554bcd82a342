/**
 * The numbers and sizes by which ONNX and safetensors name the element types of `tensor.ts`.
 * Source: onnx.proto3 `TensorProto.DataType`; the safetensors format.
 */
import type { ElementArrays, ElementType } from './tensor.ts';

interface ElementFormat {
  /** `TensorProto.DataType` of ONNX. */
  readonly onnx: number;
  /** `dtype` of a safetensors header. */
  readonly safetensors: string;
  readonly bytes: number;
}

/** One row per element type. */
export const elementFormats: Readonly<Record<ElementType, ElementFormat>> = {
  float32: { onnx: 1, safetensors: 'F32', bytes: 4 },
  uint8: { onnx: 2, safetensors: 'U8', bytes: 1 },
  int8: { onnx: 3, safetensors: 'I8', bytes: 1 },
  int32: { onnx: 6, safetensors: 'I32', bytes: 4 },
  int64: { onnx: 7, safetensors: 'I64', bytes: 8 },
  float16: { onnx: 10, safetensors: 'F16', bytes: 2 },
};

const constructors = {
  float32: Float32Array,
  float16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int8: Int8Array,
  uint8: Uint8Array,
} as const;

/** The elements held by `bytes`, copied so that they are aligned. */
export function elementsFrom<T extends ElementType>(type: T, bytes: Uint8Array): ElementArrays[T] {
  return new constructors[type](new Uint8Array(bytes).buffer) as ElementArrays[T];
}
