import { describe, expect, it } from '@jest/globals';
import { checkDraft } from '../../../src/ingest/check-draft.ts';

const text = 'a 💊 b';

const check = (start: number, end: number, type = 'T') =>
  checkDraft({ text, mentions: [{ start, end, type }] }, 100);

describe('checkDraft, of mentions', () => {
  it('takes those that are whole characters of the text', () => {
    expect(() => check(2, 4)).not.toThrow();
    expect(() => check(0, 6)).not.toThrow();
  });

  it.each<[string, number, number]>([
    ['an empty one', 2, 2],
    ['one that ends before it starts', 4, 2],
    ['one before the text', -1, 2],
    ['one after the text', 5, 7],
    ['half a character at its start', 3, 4],
    ['half a character at its end', 0, 3],
    ['a fraction', 0.5, 2],
    ['no number', Number.NaN, 2],
  ])('refuses %s', (_, start, end) => {
    expect(() => check(start, end)).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT_INVALID',
        details: expect.objectContaining({ argument: 'mentions.0' }),
      }),
    );
  });

  it('refuses a type without a name', () => {
    expect(() => check(2, 4, ' ')).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ argument: 'mentions.0.type' }),
      }),
    );
  });
});
