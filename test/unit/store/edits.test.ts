import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isWithinEdits, survivingPieces } from '../../../src/store/edits.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '💊'), maxLength: 9 });

/** The whole table of Levenshtein distances. */
function distance(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  const table = left.reduce<number[][]>(
    (rows, character, i) => {
      const before = rows.at(-1)!;
      const row = [i + 1];
      right.forEach((other, j) => {
        const replaced = before[j]! + (character === other ? 0 : 1);
        row.push(Math.min(replaced, before[j + 1]! + 1, row[j]! + 1));
      });
      return [...rows, row];
    },
    [Array.from({ length: right.length + 1 }, (_, j) => j)],
  );
  return table.at(-1)!.at(-1)!;
}

describe('isWithinEdits', () => {
  it('agrees with the whole table of distances', () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 4 }), (a, b, maxEdits) => {
        expect(isWithinEdits(a, b, maxEdits)).toBe(distance(a, b) <= maxEdits);
      }),
      { numRuns: 2_000, seed: 3 },
    );
  });

  it('counts an emoji as one character', () => {
    expect(isWithinEdits('a💊', 'a', 1)).toBe(true);
    expect(isWithinEdits('a💊', 'ab', 1)).toBe(true);
  });
});

describe('survivingPieces', () => {
  it('leaves one piece in every string that is few enough edits away', () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 1, max: 3 }), (a, b, maxEdits) => {
        fc.pre(distance(a, b) <= maxEdits);
        expect(survivingPieces(a, maxEdits).some((piece) => b.includes(piece))).toBe(true);
      }),
      { numRuns: 500, seed: 4 },
    );
  });

  it('gives pieces that make the string', () => {
    expect(survivingPieces('nephrotoxicity', 2)).toEqual(['neph', 'rotox', 'icity']);
  });
});
