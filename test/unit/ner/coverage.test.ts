import { describe, expect, it } from '@jest/globals';
import { coverageOf } from '../../../src/ner/coverage.ts';
import { openTinyTokenizer } from '../../support/text/tiny-tokenizer.ts';

const coverage = async (text: string) =>
  coverageOf(text, await openTinyTokenizer().encode(text), 1);

describe('coverageOf', () => {
  it('counts what was read', async () => {
    expect(await coverage('the ¥ aspirin\n\u00a0in ')).toEqual({
      characters: 18,
      charactersRead: 18,
      tokens: 4,
      words: 3,
      unknownTokens: 1,
      windows: 1,
      dropped: [],
    });
  });

  it.each([
    ['control characters', 'a \0\u0007 b', 2, 4, 'CONTROL_CHARACTER'],
    ['the mark of lost text', 'a \ufffd b', 2, 3, 'CONTROL_CHARACTER'],
    ['zero-width characters', 'a \u200b\u200d', 2, 4, 'INVISIBLE_CHARACTER'],
    ['a byte order mark', '\ufeffa', 0, 1, 'INVISIBLE_CHARACTER'],
    ['accents without a letter', 'a \u0301\u0300', 2, 4, 'COMBINING_MARK'],
    ['private use', 'a \u{f0000} b', 2, 4, 'UNASSIGNED_CHARACTER'],
    ['lone surrogates', 'a \ud83d', 2, 3, 'UNASSIGNED_CHARACTER'],
  ])('reports %s', async (_, text, start, end, reason) => {
    const { dropped, charactersRead } = await coverage(text);

    expect(dropped).toEqual([{ start, end, reason }]);
    expect(charactersRead).toBe(text.length - (end - start));
  });

  it('parts runs by their reason and by what is between them', async () => {
    const { dropped } = await coverage('\0\u200b \u200b a');

    expect(dropped).toEqual([
      { start: 0, end: 1, reason: 'CONTROL_CHARACTER' },
      { start: 1, end: 2, reason: 'INVISIBLE_CHARACTER' },
      { start: 3, end: 4, reason: 'INVISIBLE_CHARACTER' },
    ]);
  });

  it('reports an empty text as read', async () => {
    expect(await coverage('')).toMatchObject({ characters: 0, charactersRead: 0, dropped: [] });
  });
});
