import { describe, expect, it } from '@jest/globals';
import { vocabularyDraft } from '../../../src/search/vocabulary-draft.ts';

const of = (...entries: readonly { id: string; name: string; synonyms: readonly string[] }[]) =>
  vocabularyDraft({ collectionId: 1, name: 'v', typeIds: null, entries });

const concept = (id: string, name = 'name', synonyms: readonly string[] = []) => ({
  id,
  name,
  synonyms,
});

describe('vocabularyDraft', () => {
  it('takes each name once, ignoring case and white space around it, names before synonyms', () => {
    const draft = of(
      concept(' D1 ', ' Doxorubicin', ['adriamycin ', 'ADRIAMYCIN', 'MS']),
      concept('D2', 'ms'),
    );

    expect(draft.concepts.map(({ id, name }) => [id, name])).toEqual([
      ['D1', 'Doxorubicin'],
      ['D2', 'ms'],
    ]);
    expect(draft.names).toEqual([
      { form: 'doxorubicin', concept: 0, method: 'NAME' },
      { form: 'ms', concept: 1, method: 'NAME' },
      { form: 'adriamycin', concept: 0, method: 'SYNONYM' },
    ]);
  });

  it.each([
    [
      'an id that is too long',
      concept('i'.repeat(201)),
      'entries.0.id must be 1 to 200 characters',
    ],
    [
      'a name that is too long',
      concept('1', 'n'.repeat(1_001)),
      'entries.0.name must be 1 to 1000',
    ],
    ['half a character', concept('1', 'a\ud800'), 'entries.0.name must be 1 to 1000 characters'],
    [
      'too many synonyms',
      concept(
        '1',
        'n',
        Array.from({ length: 1_001 }, (_, i) => `${i}`),
      ),
      'entries.0.synonyms must be at most 1000 names, but got: 1001.',
    ],
  ])('refuses %s', (_name, entry, message) => {
    expect(() => of(entry)).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });

  it('refuses more concepts, and more names, than are held in memory', () => {
    const many = Array.from({ length: 100_001 }, (_, i) => concept(`${i}`, `${i}`));
    const named = Array.from({ length: 301 }, (_, i) =>
      concept(
        `${i}`,
        `${i}`,
        Array.from({ length: 1_000 }, (_each, j) => `${i} ${j}`),
      ),
    );

    expect(() => of(...many)).toThrow('entries must be 1 to 100000 concepts, but got: 100001.');
    expect(() => of(...named)).toThrow('entries must be at most 300000 different names in all');
  });
});
