import {
  checkShape,
  dot,
  dotRows,
  isFiniteVector,
  normalize,
  roundSimilarity,
} from '../../../src/core/vector.ts';
import { seededRandom } from '../../support/vectors/random-vectors.ts';

describe('dot', () => {
  it('sums the products entry by entry', () => {
    const product = dot(Float32Array.of(1, -2, 3), Float32Array.of(4, 5, 0.5));

    expect(product).toBe(1 * 4 - 2 * 5 + 3 * 0.5);
  });
});

describe('dotRows', () => {
  it.each([0, 1, 3, 4, 5, 8, 11])(
    'gives of %d rows the products of each, to the last bit',
    (rows) => {
      const [size, random] = [7, seededRandom(rows)];
      const matrix = Float32Array.from({ length: rows * size }, () => random() - 0.5);
      const vector = Float32Array.from({ length: size }, () => random() - 0.5);

      const products = dotRows(matrix, vector);

      const each = Array.from({ length: rows }, (_, i) => matrix.slice(i * size, (i + 1) * size));
      expect([...products]).toEqual(each.map((row) => dot(vector, row)));
    },
  );

  it('gives none of vectors without entries', () => {
    expect([...dotRows(new Float32Array(), new Float32Array())]).toEqual([]);
  });
});

describe('roundSimilarity', () => {
  it('keeps six decimals, so that sums in another order are the same', () => {
    const [a, b, c] = [0.1, 0.2, 0.3];

    expect(a + b + c).not.toBe(a + (b + c));
    expect(roundSimilarity(a + b + c)).toBe(roundSimilarity(a + (b + c)));
    expect([0.12345649, -0.1234565, 1].map(roundSimilarity)).toEqual([0.123456, -0.123456, 1]);
  });
});

describe('normalize', () => {
  it('keeps the direction and makes the length 1', () => {
    const unit = normalize(Float32Array.of(3, 4));

    expect([...unit]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
  });

  it('leaves the zero vector zero', () => {
    const unit = normalize(new Float32Array(3));

    expect([...unit]).toEqual([0, 0, 0]);
  });

  it.each([[[3, 4]], [[0, 0]]])('gives a new vector and leaves %j as it was', (entries) => {
    const given = Float32Array.from(entries);

    const unit = normalize(given);

    expect(unit).not.toBe(given);
    expect([...given]).toEqual(entries);
  });
});

describe('isFiniteVector', () => {
  it.each([
    [[0, -1.5, 3e38], true],
    [[], true],
    [[1, Number.NaN], false],
    [[Number.POSITIVE_INFINITY, 1], false],
    [[1, Number.NEGATIVE_INFINITY], false],
  ])('says of %j: %s', (entries, expected) => {
    const finite = isFiniteVector(Float32Array.from(entries));

    expect(finite).toBe(expected);
  });
});

describe('checkShape', () => {
  it('accepts the shape that the letters name', () => {
    const check = () => checkShape({ dims: [2, 5, 7] }, 'B T S', { B: 2, T: 5, S: 7 });

    expect(check).not.toThrow();
  });

  it.each([
    ['another size', [2, 5, 8]],
    ['a missing axis', [2, 5]],
    ['an axis too many', [2, 5, 7, 1]],
  ])('refuses %s and shows both shapes', (_, dims) => {
    const check = () => checkShape({ dims }, 'B T S', { B: 2, T: 5, S: 7 });

    expect(check).toThrow(`Shape must be [B T S] = [2,5,7], but got: [${dims}].`);
  });
});
