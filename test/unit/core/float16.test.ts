import { describe, expect, it } from '@jest/globals';
import { decodeFloat16, encodeFloat16, roundToFloat16 } from '../../../src/core/float16.ts';

describe('encodeFloat16', () => {
  it.each([
    ['one', 1, 0x3c00],
    ['minus two', -2, 0xc000],
    ['the largest half', 65_504, 0x7bff],
    ['what rounds down to the largest half', 65_519, 0x7bff],
    ['what rounds up beyond it', 65_520, 0x7c00],
    ['infinity', Number.POSITIVE_INFINITY, 0x7c00],
    ['minus infinity', Number.NEGATIVE_INFINITY, 0xfc00],
    ['NaN', Number.NaN, 0x7e00],
    ['minus zero', -0, 0x8000],
    ['the smallest normal half', 2 ** -14, 0x0400],
    ['the largest below it that rounds up to it', 2 ** -14 - 2 ** -26, 0x0400],
    ['the largest subnormal half', 2 ** -14 - 2 ** -24, 0x03ff],
    ['the smallest subnormal half', 2 ** -24, 0x0001],
    ['half of it, a tie to even', 2 ** -25, 0x0000],
    ['a little more than half of it', 2 ** -25 + 2 ** -40, 0x0001],
    ['a tie, to even below', 1 + 2 ** -11, 0x3c00],
    ['a tie, to even above', 1 + 3 * 2 ** -11, 0x3c02],
    ['a little more than a tie', 1 + 2 ** -11 + 2 ** -20, 0x3c01],
    ['a carry into the exponent', 2 - 2 ** -12, 0x4000],
  ])('encodes %s', (_, value, bits) => {
    const [half] = encodeFloat16(Float32Array.of(value));

    expect(half).toBe(bits);
  });

  it('reads a view that does not start at its buffer', () => {
    const values = Float32Array.of(5, 1, -2, 7).subarray(1, 3);

    expect(Array.from(encodeFloat16(values))).toEqual([0x3c00, 0xc000]);
  });
});

describe('decodeFloat16', () => {
  it('is undone by encodeFloat16 for every half but the many NaN', () => {
    const halves = Uint16Array.from({ length: 65_536 }, (_, bits) => bits).filter(
      (bits) => (bits & 0x7fff) <= 0x7c00,
    );

    expect(encodeFloat16(decodeFloat16(halves))).toEqual(halves);
  });

  it('gives NaN for a NaN', () => {
    expect(decodeFloat16(Uint16Array.of(0x7c01, 0xfe00))).toEqual(Float32Array.of(NaN, NaN));
  });
});

describe('roundToFloat16', () => {
  it('keeps its input', () => {
    const values = Float32Array.of(0.1);

    const [rounded] = roundToFloat16(values);

    expect(rounded).toBe(0.0999755859375);
    expect(values[0]).toBe(Math.fround(0.1));
  });
});
