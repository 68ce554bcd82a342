/**
 * IEEE 754 half precision, the format in which span rows are kept: 2 bytes a number, 11 significant
 * bits. Rounds to nearest, ties to even; infinities and NaN survive.
 */

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

const halfOfInfinity = 0x7c00;
const halfOfNan = 0x7e00;
/** Bits of the float32 values 2^16, 2^-14 (the smallest normal half), infinity and 0.5. */
const tooBig = 0x47800000;
const smallestNormal = 0x38800000;
const infinity = 0x7f800000;
const oneHalf = 0x3f000000;

function encodeMagnitude(magnitude: number): number {
  if (magnitude > infinity) return halfOfNan;
  if (magnitude >= tooBig) return halfOfInfinity;
  if (magnitude < smallestNormal) {
    // Next to 0.5 a float32 has steps of 2^-24, which is the step of subnormal halves.
    bits[0] = magnitude;
    float[0]! += 0.5;
    return bits[0] - oneHalf;
  }
  const even = (magnitude >> 13) & 1;
  return (magnitude - ((127 - 15) << 23) + 0xfff + even) >> 13;
}

/** The nearest halves, as bits. Values of 65,520 and above become infinite. */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const source = new Int32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < source.length; i += 1) {
    const value = source[i]!;
    halves[i] = ((value >>> 16) & 0x8000) | encodeMagnitude(value & 0x7fffffff);
  }
  return halves;
}

function decodeOne(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const decoded = Float32Array.from({ length: 65_536 }, (_, half) => decodeOne(half));

/** Writes the numbers that the halves stand for, exactly, to the beginning of `values`. */
export function decodeFloat16Into(values: Float64Array | Float32Array, halves: Uint16Array): void {
  for (let i = 0; i < halves.length; i += 1) values[i] = decoded[halves[i]!]!;
}

/** The numbers that the halves stand for, exactly. */
export function decodeFloat16(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  decodeFloat16Into(values, halves);
  return values;
}

/** The nearest values that half precision has. */
export const roundToFloat16 = (values: Float32Array): Float32Array =>
  decodeFloat16(encodeFloat16(values));
