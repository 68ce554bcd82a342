import { describe, expect, it } from '@jest/globals';
import { openTinyTokenizer } from '../../support/text/tiny-tokenizer.ts';

describe('encode', () => {
  it('reads 10 MB to the last character', async () => {
    const text = 'the aspirin '.repeat(870_000);

    const { ids, ends } = await openTinyTokenizer().encode(text);

    expect(ids).toHaveLength(1_740_000);
    expect(ends.at(-1)).toBe(text.length - 1);
  });

  it('reads a megabyte without a place to cut', async () => {
    const { ids, unknown } = await openTinyTokenizer().encode('a'.repeat(1_000_000));

    expect(ids).toHaveLength(1);
    expect(unknown).toBe(1);
  });
});
