import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pageNumber, wrongPageStart } from '../../../src/core/page-starts.ts';

/** Pages with their lengths; some have no text. */
const anyPages = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 60 });

const startsOf = (lengths: readonly number[]): number[] =>
  lengths.map((_, page) => lengths.slice(0, page).reduce((sum, length) => sum + length, 0));

describe('pageNumber', () => {
  it('is, for any pages and any offset, the number of pages that begin not after it', () => {
    fc.assert(
      fc.property(anyPages, fc.nat({ max: 3_000 }), (lengths, offset) => {
        const starts = startsOf(lengths);

        const page = pageNumber(starts, offset);

        expect(page).toBe(starts.filter((start) => start <= offset).length);
        expect(page).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 500, seed: 41 },
    );
  });
});

describe('wrongPageStart', () => {
  it('finds nothing wrong with where the pages of a text begin', () => {
    fc.assert(
      fc.property(anyPages, (lengths) => {
        const length = lengths.reduce((sum, each) => sum + each, 0);

        expect(wrongPageStart(startsOf(lengths), length)).toBe(-1);
      }),
      { numRuns: 200, seed: 42 },
    );
  });

  it.each<[string, readonly unknown[], number]>([
    ['a first page behind the beginning', [1, 2], 0],
    ['a page before the one before', [0, 4, 3], 2],
    ['a page behind the text', [0, 4, 11], 2],
    ['a fraction', [0, 1.5], 1],
    ['no number', [0, '1'], 1],
    ['nothing', [0, undefined], 1],
  ])('finds %s', (_, starts, at) => {
    expect(wrongPageStart(starts, 10)).toBe(at);
  });
});
