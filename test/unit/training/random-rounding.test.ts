import { scaleName, storeWeights } from '../../../src/ner/quantize.ts';
import { floats } from '../../../src/onnx/tensor.ts';
import { createRandom } from '../../../src/training/random.ts';
import { roundedAtRandom } from '../../../src/training/random-rounding.ts';

const name = 'text_encoder.encoder.layer.0.output.dense.weight';
const compact = { kind: 'compact', levels: 63 } as const;
const columns = 2_000;

/** A row of values that 8 bits hold, all but the largest moved by a part of a step. */
function movedRow(part: number) {
  const step = 1 / 63;
  const row = Array.from({ length: columns }, (_, i) => {
    const integer = i % 64;
    return (integer === 63 ? integer : integer + part) * step;
  });
  return new Map([[name, floats([1, columns], row)]]);
}

/** The mean of a row's integers as they are stored. */
function meanInteger(weights: ReturnType<typeof movedRow>): number {
  const { data } = storeWeights(weights, compact).get(name)!;
  return [...(data as Int8Array)].reduce((sum, value) => sum + value, 0) / columns;
}

describe('roundedAtRandom', () => {
  it('keeps, on average, changes that rounding to the nearest takes back', () => {
    const [start, moved] = [movedRow(0), movedRow(0.2)];

    const rounded = roundedAtRandom(moved, compact, createRandom(1)) as typeof moved;

    expect(meanInteger(moved)).toBe(meanInteger(start));
    expect(meanInteger(rounded) - meanInteger(start)).toBeCloseTo(0.2 * (63 / 64), 1);
  });

  it('leaves what the storage holds exactly', () => {
    const start = movedRow(0);

    const rounded = roundedAtRandom(start, compact, createRandom(1));

    const [before, after] = [start, rounded].map((weights) => storeWeights(weights, compact));
    expect(after!.get(name)).toEqual(before!.get(name));
    expect(after!.get(scaleName(name))).toEqual(before!.get(scaleName(name)));
  });

  it('rounds to one of the two neighbours', () => {
    const moved = movedRow(0.5);

    const rounded = roundedAtRandom(moved, compact, createRandom(1)).get(name)!.data;

    const steps = rounded.map((value, i) => Math.abs(value - moved.get(name)!.data[i]!) * 63);
    expect(Math.max(...steps)).toBeLessThan(1);
  });

  it('draws the same from the same seed', () => {
    const moved = movedRow(0.5);

    const [one, same, other] = [1, 1, 2].map((seed) =>
      roundedAtRandom(moved, compact, createRandom(seed)).get(name),
    );

    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
  });

  it('leaves alone what is stored in more bits', () => {
    const small = new Map([['span_linear.weight', floats([1, 2], [0.1, 0.23])]]);
    const random = createRandom(1);

    expect(roundedAtRandom(small, compact, random)).toEqual(small);
    expect(roundedAtRandom(movedRow(0.5), { kind: 'float32' }, random)).toEqual(movedRow(0.5));
  });

  it('keeps a row of zeros', () => {
    const zeros = new Map([[name, floats([2, 2], [0, 0, 0, 0])]]);

    expect(roundedAtRandom(zeros, compact, createRandom(1))).toEqual(zeros);
  });
});
