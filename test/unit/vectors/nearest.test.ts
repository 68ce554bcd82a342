import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Nearest } from '../../../src/vectors/nearest.ts';
import { compareNeighbors } from '../../../src/vectors/vector-index.ts';

describe('Nearest', () => {
  it('keeps what sorting everything would put first', () => {
    const similarities = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 500 });

    fc.assert(
      fc.property(similarities, fc.integer({ min: 1, max: 60 }), (values, limit) => {
        const nearest = new Nearest(limit);
        for (const [id, similarity] of values.entries()) nearest.offer(id, similarity);
        const sorted = values.map((similarity, id) => ({ id, similarity })).sort(compareNeighbors);

        expect(nearest.take()).toEqual(sorted.slice(0, limit));
      }),
    );
  });
});
