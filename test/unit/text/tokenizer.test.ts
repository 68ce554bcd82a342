import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createTokenizer, type Encoding, openTokenizer } from '../../../src/text/tokenizer.ts';
import { openTinyTokenizer, tinyTokenizerJson } from '../../support/text/tiny-tokenizer.ts';

const slices = (text: string, { starts, ends }: Encoding): string[] =>
  Array.from(starts, (start, i) => text.slice(start, ends[i]));

describe('createTokenizer', () => {
  const tokenizer = openTinyTokenizer();

  it('adds no special tokens, no padding and cuts nothing off', async () => {
    const { ids } = await tokenizer.encode('a b c d e f');

    expect(Array.from(ids)).toEqual([4, 5, 6, 7, 8, 9]);
  });

  it('knows the special tokens', () => {
    expect(tokenizer.special).toEqual({ pad: 0, unk: 1, cls: 2, sep: 3 });
  });

  it('gives offsets in UTF-16 code units behind characters of two units', async () => {
    const text = '😀 Aspirin 😀😀 in';

    const encoding = await tokenizer.encode(text);

    expect(slices(text, encoding)).toEqual(['😀', 'Aspirin', '😀😀', 'in']);
  });

  it('counts tokens that the vocabulary lacks', async () => {
    const { unknown } = await tokenizer.encode('a ¥ b ¥ c');

    expect(unknown).toBe(2);
  });

  it('reads the name of a special token as text', async () => {
    const text = 'a [SEP] b';

    const encoding = await tokenizer.encode(text);

    expect(slices(text, encoding)).toEqual(['a', '[', 'S', 'E', 'P', ']', 'b']);
    expect(encoding.ids).not.toContain(tokenizer.special.sep);
  });

  it('gives an accent to the letter before it', async () => {
    const text = 'cafe\u0301 \u0301 e\u0301.';

    const encoding = await tokenizer.encode(text);

    expect(slices(text, encoding)).toEqual(['c', 'a', 'f', 'e\u0301', 'e\u0301', '.']);
  });

  it('gives an accent to every token of the syllable before it', async () => {
    const text = '\ud55c\u0301a';

    const encoding = await tokenizer.encode(text);

    const syllable = '\ud55c\u0301';
    expect(slices(text, encoding)).toEqual([syllable, syllable, syllable, 'a']);
  });

  it('keeps offsets right behind a lone surrogate and NUL', async () => {
    const text = 'a \ud83d b \0 c \udc00';

    const encoding = await tokenizer.encode(text);

    expect(slices(text, encoding)).toEqual(['a', 'b', 'c']);
  });

  it.each(['', '   ', '\0\u200b', '\ud800'])('gives %j no tokens', async (text) => {
    const { ids, unknown } = await tokenizer.encode(text);

    expect(ids).toHaveLength(0);
    expect(unknown).toBe(0);
  });

  it('encodes a long text in pieces like the same text in one', async () => {
    const sentence = 'The 😀 aspirin-oxide (5-HT) e\u0301tude\nin 日本, 한 [SEP]. ';
    const repeats = 400;

    const [one, many] = await tokenizer.encodeAll([sentence, sentence.repeat(repeats)]);

    const starts = Array.from({ length: repeats }, (_, i) =>
      Array.from(one!.starts, (start) => start + i * sentence.length),
    ).flat();
    expect(Array.from(many!.starts)).toEqual(starts);
    expect(many!.ids.slice(-one!.ids.length)).toEqual(one!.ids);
    expect(many!.unknown).toBe(one!.unknown * repeats);
  });

  it.each([
    ['text that is not JSON', '{'],
    ['null', 'null'],
    ['another kind of model', tinyTokenizerJson({ model: { type: 'BPE', vocab: {}, merges: [] } })],
    ['another way to split', tinyTokenizerJson({ pre_tokenizer: { type: 'Whitespace' } })],
    [
      'a broken vocabulary',
      tinyTokenizerJson({ model: { type: 'WordPiece', unk_token: '[UNK]' } }),
    ],
    [
      'no [CLS]',
      tinyTokenizerJson({
        model: {
          ...(JSON.parse(tinyTokenizerJson()) as { model: object }).model,
          vocab: { '[UNK]': 0, '[PAD]': 1, '[SEP]': 2 },
        },
      }),
    ],
  ])('refuses %s', (_, json) => {
    expect(() => createTokenizer(json, 'x.json')).toThrow(
      expect.objectContaining({ code: 'FILE_INVALID' }),
    );
  });
});

describe('openTokenizer', () => {
  it('reads a tokenizer.json', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tokenizer-'));
    const path = join(folder, 'tokenizer.json');
    await writeFile(path, tinyTokenizerJson());

    const tokenizer = await openTokenizer(path);
    await rm(folder, { recursive: true });

    expect(tokenizer.special.sep).toBe(3);
  });

  it('names a file that is not there', async () => {
    await expect(openTokenizer('no/such/tokenizer.json')).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      details: { path: 'no/such/tokenizer.json', reason: 'it does not exist' },
    });
  });
});
