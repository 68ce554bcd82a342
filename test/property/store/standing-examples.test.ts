import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseExamples } from '../../../src/store/standing-examples.ts';

const anyDecision = fc.record({
  surface: fc.constantFrom('a', 'A', 'b', 'c', 'd', 'e'),
  isLast: fc.boolean(),
});

describe('chooseExamples', () => {
  it('takes the first of each form that stands, then the second of each, the newest first', () => {
    fc.assert(
      fc.property(
        fc.array(anyDecision, { maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        (given, limit) => {
          const decisions = given.map((each, id) => ({ id, ...each }));
          const standing = decisions.filter(({ isLast }) => isLast);
          const turnOf = ({ id, surface }: (typeof decisions)[number]): number =>
            standing.filter(
              (other) => other.id < id && other.surface.toLowerCase() === surface.toLowerCase(),
            ).length;
          const expected = standing
            .map((each) => ({ id: each.id, turn: turnOf(each) }))
            .sort((a, b) => a.turn - b.turn || a.id - b.id)
            .map(({ id }) => id)
            .slice(0, limit);

          const stands = (id: number): boolean => decisions[id]?.isLast === true;
          const chosen = chooseExamples(decisions, { limit, stands });

          expect(chosen).toEqual(expected);
        },
      ),
    );
  });

  it('reads no more than it needs', () => {
    let read = 0;
    function* endless() {
      for (;;) {
        yield { id: read, surface: `form ${read}` };
        read += 1;
      }
    }

    const chosen = chooseExamples(endless(), { limit: 3, stands: (id) => id % 2 === 1 });

    expect(chosen).toEqual([1, 3, 5]);
    expect(read).toBe(5);
  });
});
