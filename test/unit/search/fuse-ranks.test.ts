import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fuseRanks } from '../../../src/search/fuse-ranks.ts';

const ranking = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 20 });

describe('fuseRanks', () => {
  it('puts what both have before what one has at the same places', () => {
    const fused = fuseRanks([
      [1, 2, 3],
      [4, 2],
    ]);

    expect(fused.map(({ id, ranks }) => [id, ranks])).toEqual([
      [2, [2, 2]],
      [1, [1, null]],
      [4, [null, 1]],
      [3, [3, null]],
    ]);
    expect(fused[0]?.score).toBe(1 / 62 + 1 / 62);
  });

  it('is what the formula says of any rankings', () => {
    fc.assert(
      fc.property(fc.array(ranking, { maxLength: 3 }), (rankings) => {
        const fused = fuseRanks(rankings);

        const ids = new Set(rankings.flat());
        expect(new Set(fused.map(({ id }) => id))).toEqual(ids);
        expect(fused).toHaveLength(ids.size);
        for (const [i, { id, score, ranks }] of fused.entries()) {
          const places = rankings.map((each) => each.indexOf(id) + 1);
          expect(ranks).toEqual(places.map((place) => place || null));
          const sum = places.reduce((total, place) => total + (place && 1 / (60 + place)), 0);
          expect(score).toBeCloseTo(sum, 12);
          const before = fused[i - 1] ?? { score: Infinity, id: 0 };
          expect(before.score > score || (before.score === score && before.id < id)).toBe(true);
        }
      }),
    );
  });
});
