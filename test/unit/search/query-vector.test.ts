import { describe, expect, it } from '@jest/globals';
import { dot } from '../../../src/core/vector.ts';
import { awayFrom, givenDirection, meanDirection } from '../../../src/search/query-vector.ts';

describe('meanDirection', () => {
  it('lies between its vectors and has length 1', () => {
    const mean = meanDirection([Float32Array.of(1, 0), Float32Array.of(0, 1)]);

    expect(mean[0]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(dot(mean, mean)).toBeCloseTo(1, 6);
  });
});

describe('awayFrom', () => {
  it('leaves what is like both behind what is like the first alone', () => {
    const direction = awayFrom(Float32Array.of(0.6, 0.8), Float32Array.of(0, 1));

    expect(dot(direction, direction)).toBeCloseTo(1, 6);
    expect([...direction].map((value) => value.toFixed(4))).toEqual(['0.8944', '0.4472']);
  });

  it('keeps the direction when the two are one', () => {
    const vector = Float32Array.of(0.6, 0.8);

    expect([...awayFrom(vector, vector)].map((value) => value.toFixed(5))).toEqual([
      '0.60000',
      '0.80000',
    ]);
  });
});

describe('givenDirection', () => {
  it.each([
    ['as it is', [3, 4]],
    ['very long', [3e300, 4e300]],
    ['very short', [3e-300, 4e-300]],
  ])('gives a vector that is %s length 1', (_name, numbers) => {
    const direction = givenDirection(numbers, 2);

    expect([...direction].map((value) => value.toFixed(5))).toEqual(['0.60000', '0.80000']);
  });

  it.each([
    ['too short', [1], 'have 2 numbers'],
    ['empty', [], 'have 2 numbers'],
    ['too long', [1, 2, 3], 'but got: 3'],
    ['NaN', [1, Number.NaN], 'NaN at place 1'],
    ['infinite', [Number.POSITIVE_INFINITY, 1], 'Infinity at place 0'],
    ['zero', [0, -0], 'only zeros'],
  ])('refuses a vector that is %s', (_name, numbers, message) => {
    const give = () => givenDirection(numbers, 2);

    expect(give).toThrow(expect.objectContaining({ code: 'VECTOR_INVALID' }));
    expect(give).toThrow(message);
  });
});
