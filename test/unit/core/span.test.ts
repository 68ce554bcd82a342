import { compareSpans, overlaps } from '../../../src/core/span.ts';

describe('overlaps', () => {
  it.each([
    ['the same span', { start: 2, end: 5 }, { start: 2, end: 5 }, true],
    ['one inside the other', { start: 0, end: 9 }, { start: 3, end: 4 }, true],
    ['one shared character', { start: 0, end: 3 }, { start: 2, end: 6 }, true],
    ['touching spans', { start: 0, end: 3 }, { start: 3, end: 6 }, false],
    ['spans apart', { start: 0, end: 1 }, { start: 5, end: 6 }, false],
  ])('is right about %s, both ways round', (_, a, b, expected) => {
    const answers = [overlaps(a, b), overlaps(b, a)];

    expect(answers).toEqual([expected, expected]);
  });
});

describe('compareSpans', () => {
  it('sorts by start, then the shorter first', () => {
    const spans = [
      { start: 4, end: 9 },
      { start: 0, end: 7 },
      { start: 4, end: 5 },
      { start: 0, end: 2 },
    ];

    const sorted = [...spans].sort(compareSpans);

    expect(sorted).toEqual([
      { start: 0, end: 2 },
      { start: 0, end: 7 },
      { start: 4, end: 5 },
      { start: 4, end: 9 },
    ]);
  });

  it('calls equal spans equal', () => {
    const order = compareSpans({ start: 1, end: 2 }, { start: 1, end: 2 });

    expect(order).toBe(0);
  });
});
