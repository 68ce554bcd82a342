import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeFloat16, encodeFloat16, roundToFloat16 } from '../../../src/core/float16.ts';

const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: -65_000, max: 65_000 });
const anyBits = fc
  .integer({ min: 0, max: 0x3fffffff })
  .map((bits) => new Float32Array(Int32Array.of(bits).buffer)[0]!);

describe('roundToFloat16', () => {
  it('gives the nearest half, of two the one with an even last bit', () => {
    fc.assert(
      fc.property(fc.oneof(finite, anyBits), (value) => {
        const [bits] = encodeFloat16(Float32Array.of(Math.abs(value)));
        const [below, nearest, above] = decodeFloat16(
          Uint16Array.of(Math.max(0, bits! - 1), bits!, bits! + 1),
        );

        const distance = Math.abs(Math.abs(value) - nearest!);
        const others = Math.min(
          bits === 0 ? Infinity : Math.abs(value) - below!,
          above! - Math.abs(value),
        );
        expect(distance < others || (distance === others && bits! % 2 === 0)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.float32Array(), (values) => {
        const once = roundToFloat16(values);

        expect(roundToFloat16(once)).toEqual(once);
      }),
    );
  });
});
