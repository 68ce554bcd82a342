import { describe, expect, it } from '@jest/globals';
import { fitDocument } from '../../../src/formats/fit-document.ts';
import { checkDraft } from '../../../src/ingest/check-draft.ts';

const authors = Array.from({ length: 6_000 }, (_, i) => `"Author" Number ${i}, Ö.`);

describe('fitDocument', () => {
  it('leaves a document alone of which everything is kept', () => {
    const document = { text: 'a', title: 'x'.repeat(1_000), metadata: { authors: ['b'] } };

    expect(fitDocument(document)).toBe(document);
    expect(fitDocument({ text: 'a' })).toEqual({ text: 'a' });
  });

  it('keeps as many elements of a long list as there is a place for, and every short value', () => {
    const document = { text: 'A paper.', metadata: { authors, date: '2015-05-14' } };

    const { metadata, dropped = [], ...rest } = fitDocument(document);

    const kept = metadata?.authors as readonly string[];
    const left = dropped.map(({ text }) => text).join('');
    expect({ ...rest, date: metadata?.date }).toEqual({ text: 'A paper.', date: '2015-05-14' });
    expect(kept).toEqual(authors.slice(0, kept.length));
    expect(kept.length).toBeGreaterThan(3_000);
    expect(dropped).toMatchObject([
      { reason: 'FIELD_NOT_READ', at: 8, chars: JSON.stringify(authors.slice(kept.length)).length },
    ]);
    expect(left.startsWith(`authors: ${JSON.stringify([authors[kept.length]]).slice(0, -1)}`)).toBe(
      true,
    );
    expect(() => checkDraft({ ...rest, metadata }, 100)).not.toThrow();
  });

  it('drops a long text of the metadata, and cuts a title between characters', () => {
    const title = `${'x'.repeat(999)}😀 and so on`;
    const metadata = { note: 'n'.repeat(100_000), source: 'here' };
    const earlier = { reason: 'ATTACHMENT', at: 0, chars: 0, bytes: 1, text: 'a.pdf' } as const;

    const document = fitDocument({ text: 'ab', title, metadata, dropped: [earlier] });

    expect(document).toMatchObject({ title: 'x'.repeat(999), metadata: { source: 'here' } });
    expect(document.metadata).not.toHaveProperty('note');
    expect(document.dropped?.map(({ at, chars, text }) => [at, chars, text.slice(0, 10)])).toEqual([
      [0, 0, 'a.pdf'],
      [2, 12, 'title: 😀 '],
      [2, 100_000, 'note: nnnn'],
    ]);
  });
});
