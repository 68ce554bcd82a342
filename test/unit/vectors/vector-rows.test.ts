import { describe, expect, it } from '@jest/globals';
import { dot } from '../../../src/core/vector.ts';
import { VectorRows } from '../../../src/vectors/vector-rows.ts';
import { randomVectors } from '../../support/vectors/random-vectors.ts';

describe('VectorRows', () => {
  it.each([3, 4, 7])(
    'multiplies as plain loops do, beyond its first block (%i numbers)',
    (size) => {
      const rows = new VectorRows(size);
      const vectors = randomVectors({ count: 4_200, dimensions: size, seed: 2 });
      for (const { vector } of vectors) rows.add(vector);
      const query = vectors[77]?.vector ?? new Float32Array();

      const products = vectors.map((_, label) => rows.dot(label, query));

      expect(rows.count).toBe(4_200);
      expect(rows.row(4_150)).toEqual(vectors[4_150]?.vector);
      for (const [label, { vector }] of vectors.entries()) {
        expect(products[label]).toBeCloseTo(dot(vector, query), 10);
      }
    },
  );

  it('refuses a label that it does not have', () => {
    expect(() => new VectorRows(2).dot(0, Float32Array.of(1, 0))).toThrow('A label has a vector');
  });
});
