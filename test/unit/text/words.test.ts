import { describe, expect, it } from '@jest/globals';
import { isWordEdge, wordEdges, wordSpans } from '../../../src/text/words.ts';
import { openTinyTokenizer } from '../../support/text/tiny-tokenizer.ts';

const edgesOf = (text: string): number[] =>
  Array.from({ length: text.length + 1 }, (_, offset) => offset).filter((offset) =>
    isWordEdge(text, offset),
  );

describe('isWordEdge', () => {
  it('keeps letters together and digits together', () => {
    expect(edgesOf('abc123de')).toEqual([0, 3, 6, 8]);
  });

  it('makes every other character a word', () => {
    expect(edgesOf('a--b')).toEqual([0, 1, 2, 3, 4]);
  });

  it('keeps accents with their letter', () => {
    expect(edgesOf('e\u0301a')).toEqual([0, 3]);
  });

  it('reads letters and digits of two units', () => {
    const text = 'a\u{1d400}b \u{1d7ce}1';

    const edges = [0, 1, 3, 4, 5, 7, 8].filter((offset) => isWordEdge(text, offset));

    expect(edges).toEqual([0, 4, 5, 8]);
  });
});

describe('wordEdges', () => {
  it('lets mentions start and end at words, not inside them', async () => {
    const text = 'aspirinine x2';
    const encoding = await openTinyTokenizer().encode(text);

    const edges = wordEdges(text, encoding);

    expect(Array.from(encoding.starts)).toEqual([0, 7, 11, 12]);
    expect(Array.from(edges.starts)).toEqual([1, 0, 1, 1]);
    expect(Array.from(edges.ends)).toEqual([0, 1, 1, 1]);
  });

  it('gives the tokens of one syllable one start and one end', async () => {
    const text = '한';
    const encoding = await openTinyTokenizer().encode(text);

    const edges = wordEdges(text, encoding);

    expect(Array.from(encoding.ends)).toEqual([1, 1, 1]);
    expect(Array.from(edges.starts)).toEqual([1, 0, 0]);
    expect(Array.from(edges.ends)).toEqual([0, 0, 1]);
  });
});

describe('wordSpans', () => {
  it.each([
    ['letters and digits apart', 'abc123de', ['abc', '123', 'de']],
    ['accents with their letters', 'me\u0301nie\u0300re', ['me\u0301nie\u0300re']],
    ['every other character alone', 'a--b(𝟙😀)', ['a', '-', '-', 'b', '(', '𝟙', '😀', ')']],
    ['white space in no word', ' a\n\u00a0\u3000b ', ['a', 'b']],
    ['nothing of nothing', '', []],
  ])('keeps %s', (_, text, words) => {
    expect(wordSpans(text).map(({ start, end }) => text.slice(start, end))).toEqual(words);
  });
});
