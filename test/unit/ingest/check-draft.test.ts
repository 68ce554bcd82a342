import { describe, expect, it } from '@jest/globals';
import { checkDraft } from '../../../src/ingest/check-draft.ts';

const text = 'a 💊 b';

const check = (start: number, end: number, type = 'T') =>
  checkDraft({ text, mentions: [{ start, end, type }] }, 100);

describe('checkDraft, of pages', () => {
  const pages = (...pageStarts: readonly number[]) => checkDraft({ text, pageStarts }, 100);

  it('takes pages that begin with whole characters, or at the end', () => {
    expect(() => pages()).not.toThrow();
    expect(() => pages(0, 2, 2, 6)).not.toThrow();
  });

  it.each<[string, readonly number[], string]>([
    ['that do not begin with 0', [2], 'pageStarts.0'],
    ['that are not in order', [0, 4, 2], 'pageStarts.2'],
    ['behind the text', [0, 7], 'pageStarts.1'],
    ['in the middle of a character', [0, 3], 'pageStarts.1'],
    ['that are no whole numbers', [0, Number.NaN], 'pageStarts.1'],
  ])('refuses pages %s', (_, pageStarts, argument) => {
    expect(() => pages(...pageStarts)).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT_INVALID',
        details: expect.objectContaining({ argument }),
      }),
    );
  });
});

describe('checkDraft, of metadata', () => {
  it('refuses those that are nested too deeply to be kept', () => {
    const deep: unknown = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000));

    expect(() => checkDraft({ text, metadata: { deep } }, 100)).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT_INVALID',
        details: expect.objectContaining({ argument: 'metadata' }),
      }),
    );
  });
});

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
