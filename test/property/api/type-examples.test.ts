import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseExamples } from '../../../src/api/type-examples.ts';

const anyExamples = fc.array(fc.boolean(), { maxLength: 40 }).map((kinds) =>
  kinds.map((isPositive, documentId) => ({
    text: 'word',
    start: 0,
    end: 4,
    isPositive,
    documentId,
  })),
);

describe('chooseExamples', () => {
  it('fills the room, half of it with either kind where both need it, from the first on', () => {
    fc.assert(
      fc.property(anyExamples, fc.integer({ min: 1, max: 30 }), (examples, room) => {
        const chosen = chooseExamples(examples, room);

        expect(chosen).toHaveLength(Math.min(room, examples.length));
        for (const kind of [true, false]) {
          const all = examples.filter(({ isPositive }) => isPositive === kind);
          const some = chosen.filter(({ isPositive }) => isPositive === kind);
          expect(some).toEqual(all.slice(0, some.length));
          expect(some.length).toBeGreaterThanOrEqual(Math.min(all.length, Math.floor(room / 2)));
        }
        expect(chosen.some(({ isPositive }) => isPositive)).toBe(
          examples.some(({ isPositive }) => isPositive),
        );
      }),
    );
  });
});
