import { describe, expect, it } from '@jest/globals';
import { passagesOf, readMarked } from '../../../src/store/passages.ts';

describe('readMarked', () => {
  it('gives the text without marks, and where they were', () => {
    const { text, matches } = readMarked('a «b» c«💊»', ['«', '»']);

    expect(text).toBe('a b c💊');
    expect(matches.map(({ start, end }) => text.slice(start, end))).toEqual(['b', '💊']);
  });

  it('finds nothing in a text without marks', () => {
    expect(readMarked('', ['«', '»'])).toEqual({ text: '', matches: [] });
  });
});

const passages = (marked: string, count: number, chars: number) => {
  const { text, matches } = readMarked(marked, ['«', '»']);
  return passagesOf(text, matches, { count, chars });
};

const textsOf = (marked: string, count: number, chars: number): string[] =>
  passages(marked, count, chars).map((passage) => passage.text);

describe('passagesOf', () => {
  it('begins and ends between words, around what was found', () => {
    expect(textsOf('one two three four «five» six seven eight nine', 1, 24)).toEqual([
      'four five six seven',
    ]);
  });

  it('prefers different words to more of the same', () => {
    const marked = `«a» «a» «a» ${'. '.repeat(50)}«a» «b»`;

    expect(textsOf(marked, 1, 8)).toEqual(['. a b']);
  });

  it('gives several in reading order, of which none overlaps another', () => {
    const found = passages('«a» b «c» d «e» f «g» h i j k', 3, 7);

    expect(found).toHaveLength(2);
    for (const [i, { start, end, matches }] of found.entries()) {
      expect(start).toBeGreaterThanOrEqual(found[i - 1]?.end ?? 0);
      for (const match of matches) {
        expect(match.start).toBeGreaterThanOrEqual(start);
        expect(match.end).toBeLessThanOrEqual(end);
      }
    }
  });

  it('does not cut a match that is longer', () => {
    expect(textsOf('x «a long phrase» y', 1, 5)).toEqual(['a long phrase']);
  });

  it('cuts a text without white space between characters', () => {
    const [text] = textsOf(`${'💊'.repeat(20)}«腎»${'💊'.repeat(20)}`, 1, 11);

    expect(text).toBe('💊💊腎💊💊');
  });

  it('gives none when none is asked for or nothing was found', () => {
    expect(textsOf('a «b»', 0, 50)).toEqual([]);
    expect(textsOf('a b', 3, 50)).toEqual([]);
  });
});
