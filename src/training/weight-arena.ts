/**
 * All trainable weights, their gradients and AdamW's moments in one memory, with a tensor view of
 * each weight and gradient, so that onnxruntime reads and writes them in place.
 */
import { invariant } from '../core/invariant.ts';
import { elementCount, type Tensor, tensor } from '../onnx/tensor.ts';
import {
  type AdamwKernel,
  createAdamwKernel,
  type KernelRange,
  type MomentDecay,
} from './adamw-kernel.ts';

/** A trainable array. */
export interface WeightShape {
  readonly name: string;
  readonly dims: readonly number[];
  /** Weights of one group have one learning rate. */
  readonly group: WeightGroup;
}

export type WeightGroup = 'encoder' | 'head';

/** Views of the memory. */
export interface WeightArena {
  readonly kernel: AdamwKernel;
  readonly weights: ReadonlyMap<string, Tensor<'float32'>>;
  readonly gradients: ReadonlyMap<string, Tensor<'float32'>>;
  /** Where each group lies, in each of the kernel's arrays. */
  readonly groups: Readonly<Record<WeightGroup, KernelRange>>;
}

/** Weights start at multiples of this, so that SIMD loads of any of them are aligned. Units: floats. */
const alignment = 16;

const aligned = (floats: number): number => Math.ceil(floats / alignment) * alignment;

/** Where each weight and each group lies. Units: floats. */
interface Layout {
  readonly starts: ReadonlyMap<string, number>;
  readonly encoderEnd: number;
  readonly headEnd: number;
}

function layOut(shapes: readonly WeightShape[]): Layout {
  const starts = new Map<string, number>();
  let end = 0;
  const place = (group: WeightGroup): number => {
    for (const { name, dims } of shapes.filter((shape) => shape.group === group)) {
      invariant(!starts.has(name), `A weight must have a name of its own, but got: ${name}.`);
      starts.set(name, end);
      end += aligned(elementCount(dims));
    }
    return end;
  };
  return { encoderEnd: place('encoder'), headEnd: place('head'), starts };
}

/** An arena of zeros. The gaps between weights stay 0: their gradients do. */
export async function createWeightArena(
  shapes: readonly WeightShape[],
  decay?: MomentDecay,
): Promise<WeightArena> {
  const { starts, encoderEnd, headEnd } = layOut(shapes);
  const kernel = await createAdamwKernel(headEnd, decay);
  const views = (array: Float32Array) =>
    new Map(
      shapes.map(({ name, dims }) => {
        const start = starts.get(name)!;
        const elements = array.subarray(start, start + elementCount(dims));
        return [name, tensor('float32', dims, elements)] as const;
      }),
    );
  return {
    kernel,
    weights: views(kernel.arrays[0]),
    gradients: views(kernel.arrays[1]),
    groups: {
      encoder: { offset: 0, count: encoderEnd },
      head: {
        offset: encoderEnd * Float32Array.BYTES_PER_ELEMENT,
        count: headEnd - encoderEnd,
      },
    },
  };
}
