import { beforeEach, describe, expect, it } from '@jest/globals';
import { deleteDocuments } from '../../../src/store/documents.ts';
import {
  conceptsOfMentions,
  deleteVocabulary,
  findVocabularies,
  importVocabulary,
  namesToEncode,
  progressOfVocabularies,
  putNameMeanings,
  putProposals,
  unlinkedDocuments,
} from '../../../src/store/vocabularies.ts';
import type { ConceptLink } from '../../../src/store/vocabulary-records.ts';
import {
  closeStore,
  countRows,
  createType,
  openStore,
  putDrafts,
  readAll,
  type TestStore,
} from '../../support/store/open-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let store: TestStore;
let folder = '';

const finds = [
  { word: 'aspirin', type: 'Chemical' },
  { word: 'tremor', type: 'Disease' },
];

beforeEach(async () => {
  folder = temporaryFolder();
  store = await openStore(folder);
  await createType(store, 'Chemical');
  await createType(store, 'Disease');
  await putDrafts(store, { text: 'aspirin, tremor' }, { text: 'tremor' }, { text: 'nothing' });
  await readAll(store, finds);
});

/** A vocabulary whose concepts have one name each. */
const importNames = (...names: readonly string[]): Promise<number> =>
  importVocabulary(store.database, {
    collectionId: store.collectionId,
    name: 'own',
    typeIds: null,
    concepts: names.map((name) => ({ id: `id of ${name}`, name })),
    names: names.map((form, concept) => ({ form, concept, method: 'NAME' })),
  });

const link = (mentionId: number, conceptId: number): ConceptLink => ({
  mentionId,
  conceptId,
  matchedBy: 'MEANING',
  similarity: 0.8,
});

async function encodeNames(): Promise<string[]> {
  const names = await namesToEncode(store.database, 100);
  await putNameMeanings(
    store.database,
    names.map(({ id }) => ({ id, vector: Float32Array.of(1, 0) })),
  );
  return names.map(({ text }) => text);
}

const waiting = async (): Promise<number[][]> =>
  (await unlinkedDocuments(store.database, 100)).map(({ id, revision }) => [id, revision]);

const proposed = async (): Promise<string[]> =>
  [...(await conceptsOfMentions(store.database, [1, 2, 3]))].map(
    ([mention, { id }]) => `${mention} ${id}`,
  );

describe('importVocabulary', () => {
  it('has each document with mentions wait, and names without vectors', async () => {
    const id = await importNames('aspirin', 'caffeine');

    expect(await waiting()).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect((await progressOfVocabularies(store.database, [id])).get(id)).toMatchObject({
      namesTotal: 2,
      namesWaiting: 2,
      documentsTotal: 3,
      documentsWaiting: 2,
    });
  });

  it('keeps, of one that is replaced, vectors of names and proposals of concepts that stay', async () => {
    const first = await importNames('aspirin', 'caffeine');
    await encodeNames();
    await putProposals(store.database, [
      { id: 1, revision: 0, links: [link(1, 1), link(2, 2)] },
      { id: 2, revision: 0, links: [] },
    ]);

    const second = await importNames('tea', 'aspirin');

    expect(second).toBe(first);
    expect((await findVocabularies(store.database, [first])).get(first)).toMatchObject({
      version: 2,
      conceptCount: 2,
    });
    expect(await proposed()).toEqual(['1 id of aspirin']);
    expect(await encodeNames()).toEqual(['tea']);
    expect(await waiting()).toEqual([
      [1, 0],
      [2, 0],
    ]);
  });

  it('leaves nothing of one that fails half-way', async () => {
    await importNames('aspirin');
    const broken = {
      collectionId: store.collectionId,
      name: 'own',
      typeIds: null,
      concepts: [{ id: 'D1', name: 'x' }],
      names: [{ form: 'x', concept: 7, method: 'NAME' as const }],
    };

    await expect(importVocabulary(store.database, broken)).rejects.toThrow('FOREIGN KEY');

    const [record] = (await findVocabularies(store.database, [1])).values();
    expect(record).toMatchObject({ version: 1, conceptCount: 1 });
    expect(await encodeNames()).toEqual(['aspirin']);
  });
});

describe('putProposals', () => {
  it('passes over a document that has changed since, and one that is gone', async () => {
    await importNames('aspirin');
    const seen = await waiting();
    await importNames('aspirin', 'caffeine');
    await deleteDocuments(store.database, [2]);

    const done = await putProposals(
      store.database,
      seen.map(([id = 0, revision = 0]) => ({ id, revision, links: [link(1, 1)] })),
    );

    expect(seen).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect(done).toBe(0);
    expect(await waiting()).toEqual([[1, 1]]);
    expect(await proposed()).toEqual([]);
  });

  it('replaces what was proposed, for these documents only', async () => {
    await importNames('aspirin', 'caffeine');
    await putProposals(store.database, [
      { id: 1, revision: 0, links: [link(1, 1), link(2, 1)] },
      { id: 2, revision: 0, links: [link(3, 1)] },
    ]);
    await importNames('aspirin', 'caffeine');

    const done = await putProposals(store.database, [{ id: 1, revision: 0, links: [link(2, 2)] }]);

    expect(done).toBe(1);
    expect(await proposed()).toEqual(['2 id of caffeine', '3 id of aspirin']);
    expect(await waiting()).toEqual([[2, 0]]);
  });
});

describe('mentions that are stored', () => {
  it('wait for proposals where there is a vocabulary, and are forgotten with it', async () => {
    await putDrafts(store, { text: 'tremor again' });
    await readAll(store, finds);
    const without = await waiting();
    const id = await importNames('aspirin');
    await putDrafts(store, { text: 'aspirin again', mentions: [{ start: 0, end: 7, type: 'X' }] });
    await readAll(store, finds);

    expect(without).toEqual([]);
    // One of the import, one of the model.
    expect((await waiting()).at(-1)).toEqual([5, 1]);
    expect(await deleteVocabulary(store.database, id)).toBe(true);
    expect(await waiting()).toEqual([]);
    expect(await deleteVocabulary(store.database, id)).toBe(false);
  });

  it('lose what was proposed when they go', async () => {
    await importNames('aspirin');
    const links = [link(1, 1), link(2, 1)];
    await putProposals(store.database, [{ id: 1, revision: 0, links }]);

    await deleteDocuments(store.database, [1]);

    expect(await countRows(store, 'mention_concepts')).toBe(0);
  });
});

describe('openDatabase, with another model', () => {
  it('removes the vectors of names, and has every mention looked at again', async () => {
    await importNames('aspirin');
    await encodeNames();
    await putProposals(store.database, [
      { id: 1, revision: 0, links: [link(1, 1)] },
      { id: 2, revision: 0, links: [] },
    ]);
    await closeStore(store);

    store = await openStore(folder, 'another');

    expect(await encodeNames()).toEqual(['aspirin']);
    expect(await waiting()).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect(await proposed()).toEqual(['1 id of aspirin']);
  });
});
