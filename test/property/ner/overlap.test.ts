import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { overlaps } from '../../../src/core/span.ts';
import { flat, type RankedSpan } from '../../../src/ner/overlap.ts';

const anyMention: fc.Arbitrary<RankedSpan> = fc
  .record({
    start: fc.integer({ min: 0, max: 40 }),
    length: fc.integer({ min: 1, max: 12 }),
    margin: fc.integer({ min: 1, max: 5 }),
    type: fc.constantFrom('A', 'B'),
  })
  .map(({ start, length, ...rest }) => ({ start, end: start + length, ...rest }));

const anyMentions = fc.uniqueArray(anyMention, {
  maxLength: 30,
  selector: ({ start, end, type }) => `${start} ${end} ${type}`,
});

/** Takes the best mention that still fits, until none does. */
function bruteForce(mentions: readonly RankedSpan[]): RankedSpan[] {
  const isBetter = (a: RankedSpan, b: RankedSpan): boolean => {
    if (a.margin !== b.margin) return a.margin > b.margin;
    if (a.start !== b.start) return a.start < b.start;
    return a.end === b.end ? a.type < b.type : a.end < b.end;
  };
  const kept: RankedSpan[] = [];
  for (;;) {
    const fitting = mentions.filter((m) => !kept.some((other) => overlaps(m, other)));
    if (fitting.length === 0) return kept;
    kept.push(fitting.reduce((best, m) => (isBetter(m, best) ? m : best)));
  }
}

describe('flat', () => {
  it('has no overlaps', () => {
    fc.assert(
      fc.property(anyMentions, (mentions) => {
        const kept = flat(mentions);

        for (const [i, a] of kept.entries())
          for (const b of kept.slice(i + 1)) expect(overlaps(a, b)).toBe(false);
      }),
    );
  });

  it('equals taking the best that fits, again and again', () => {
    fc.assert(
      fc.property(anyMentions, (mentions) => {
        const expected = bruteForce(mentions);

        expect(new Set(flat(mentions))).toEqual(new Set(expected));
      }),
    );
  });

  it('depends on no order', () => {
    fc.assert(
      fc.property(anyMentions, (mentions) => {
        expect(new Set(flat(mentions.toReversed()))).toEqual(new Set(flat(mentions)));
      }),
    );
  });
});
