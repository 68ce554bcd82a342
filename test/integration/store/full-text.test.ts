import { describe, expect, it } from '@jest/globals';
import { deleteDocuments } from '../../../src/store/documents.ts';
import { countFullText, findPassages, searchFullText } from '../../../src/store/full-text.ts';
import { openStore, putDrafts, readAll, type TestStore } from '../../support/store/open-store.ts';

const phrase = (words: string) => ({ kind: 'PHRASE', words, isPrefix: false }) as const;
const page = { first: 10, shown: [] };

async function idsOf({ database, collectionId }: TestStore, words: string): Promise<number[]> {
  const query = { query: phrase(words), collectionId };
  const { rows } = await searchFullText(database, query, page);
  expect(await countFullText(database, query)).toBe(rows.length);
  return rows.map(({ id }) => id);
}

describe('searchFullText', () => {
  it('finds a document from the moment it is accepted, and no longer when it is deleted', async () => {
    const store = await openStore();
    const [id = 0] = await putDrafts(store, { text: 'Renal failure', title: 'On kidneys' });

    expect(await idsOf(store, 'renal failure')).toEqual([id]);
    expect(await idsOf(store, 'KIDNEYS')).toEqual([id]);
    await deleteDocuments(store.database, [id]);
    expect(await idsOf(store, 'renal failure')).toEqual([]);
  });

  it('finds the old text until the new one has been read', async () => {
    const store = await openStore();
    const [id = 0] = await putDrafts(store, { text: 'first', externalId: 'a', title: 'one' });
    await readAll(store, []);
    await putDrafts(store, { text: 'second', externalId: 'a', title: 'two' });

    expect([await idsOf(store, 'first'), await idsOf(store, 'second')]).toEqual([[id], []]);
    await readAll(store, []);
    expect([await idsOf(store, 'first'), await idsOf(store, 'second')]).toEqual([[], [id]]);
    expect([await idsOf(store, 'one'), await idsOf(store, 'two')]).toEqual([[], [id]]);
  });

  it('takes over a new title of the same text', async () => {
    const store = await openStore();
    const draft = { text: 'same', externalId: 'a' };
    const [id = 0] = await putDrafts(store, { ...draft, title: 'before' });

    await putDrafts(store, { ...draft, title: 'afterwards' });

    expect(await idsOf(store, 'before')).toEqual([]);
    expect(await idsOf(store, 'afterwards')).toEqual([id]);
  });

  it('keeps to the collection and the states that are asked for', async () => {
    const store = await openStore();
    const { database, collectionId } = store;
    const [read = 0] = await putDrafts(store, { text: 'word one' });
    await readAll(store, []);
    const [queued = 0] = await putDrafts(store, { text: 'word two' });
    const other = await database.writer.write('ensureCollection', { name: 'other', types: [] });
    const [elsewhere = 0] = await putDrafts(
      { database, collectionId: other },
      { text: 'word three' },
    );

    const find = async (query: object) => {
      const search = { query: phrase('word'), collectionId, ...query };
      return (await searchFullText(database, search, page)).rows.map(({ id }) => id);
    };

    expect(await find({})).toEqual([read, queued]);
    expect(await find({ filter: { states: ['DONE'] } })).toEqual([read]);
    expect(await find({ filter: { states: [] } })).toEqual([]);
    expect(await find({ collectionId: other })).toEqual([elsewhere]);
  });

  it('finds and shows what comes after a NUL', async () => {
    const store = await openStore();
    const text = 'a\0b cafe\u0301 naïve lithium\0carbonate 👩‍🔬';
    const [id = 0] = await putDrafts(store, { text, title: 'NUL\0title' });

    const query = phrase('lithium carbonate');
    const found = await findPassages(store.database, query, { ids: [id], count: 1, chars: 200 });

    const [passage] = found.get(id)?.passages ?? [];
    const [match] = passage?.matches ?? [];
    expect(text.slice(match?.start, match?.end)).toBe('lithium\0carbonate');
    expect(passage).toMatchObject({ start: 0, end: text.length });
    expect(await idsOf(store, 'nul title')).toEqual([id]);
    expect(await idsOf(store, 'CAFÉ naive')).toEqual([id]);
  });
});
