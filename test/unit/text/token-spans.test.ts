import { describe, expect, it } from '@jest/globals';
import { tokenSpanOf } from '../../../src/text/token-spans.ts';
import { openTinyTokenizer } from '../../support/text/tiny-tokenizer.ts';

describe('tokenSpanOf', () => {
  it.each([
    ['of one token', 4, 11, { first: 1, last: 1 }],
    ['of several tokens', 0, 14, { first: 0, last: 2 }],
    ['that starts inside a token', 5, 11, null],
    ['that ends inside a token', 4, 9, null],
    ['that starts between tokens', 3, 11, null],
    ['behind the last token', 15, 16, null],
  ])('finds the tokens of a span %s', async (_, start, end, expected) => {
    const encoding = await openTinyTokenizer().encode('the aspirin in');

    const tokens = tokenSpanOf(encoding, { start, end });

    expect(tokens).toEqual(expected);
  });

  it('takes all tokens of a syllable', async () => {
    const encoding = await openTinyTokenizer().encode('a 한');

    const tokens = tokenSpanOf(encoding, { start: 2, end: 3 });

    expect(tokens).toEqual({ first: 1, last: 3 });
  });
});
