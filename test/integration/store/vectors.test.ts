import { describe, expect, it } from '@jest/globals';
import { deleteDocuments } from '../../../src/store/documents.ts';
import { loggedVectors } from '../../../src/store/index-log.ts';
import { finishClaim } from '../../../src/store/jobs.ts';
import {
  allVectors,
  countVectors,
  formsToEncode,
  formsWithoutVector,
  putMeanings,
  readForms,
  readSpans,
  readVectors,
  type StoredVector,
} from '../../../src/store/vectors.ts';
import {
  claimAll,
  createType,
  openStore,
  putDrafts,
  readAll,
  readingOf,
  type TestStore,
} from '../../support/store/open-store.ts';

const finds = [
  { word: 'Aspirin', type: 'Chemical' },
  { word: 'pain', type: 'Chemical' },
];

async function openReadStore(): Promise<TestStore & { ids: number[] }> {
  const store = await openStore();
  await createType(store, 'Chemical');
  const ids = await putDrafts(store, { text: 'Aspirin for pain' }, { text: 'Aspirin' });
  await readAll(store, finds);
  return { ...store, ids };
}

async function collect(batches: AsyncIterable<readonly StoredVector[]>): Promise<StoredVector[][]> {
  const all: StoredVector[][] = [];
  for await (const batch of batches) all.push([...batch]);
  return all;
}

describe('allVectors', () => {
  it('gives every vector of a space once, in batches', async () => {
    const { database } = await openReadStore();

    const spans = await collect(allVectors(database, 'TYPE', 2));
    const forms = await collect(allVectors(database, 'MEANING', 2));

    expect(spans.map((batch) => batch.map(({ id }) => id))).toEqual([[1, 2], [3]]);
    expect(forms.flat()).toEqual([
      { id: 1, vector: Float32Array.of(7, 1) },
      { id: 2, vector: Float32Array.of(4, 1) },
    ]);
    expect(await countVectors(database, 'TYPE')).toBe(3);
    expect(await countVectors(database, 'MEANING')).toBe(2);
  });
});

describe('readVectors, readSpans and readForms', () => {
  it('read by id, leaving out what is not there', async () => {
    const { database, ids } = await openReadStore();

    const vectors = await readVectors(database, 'TYPE', [3, 99, 1]);
    const spans = await readSpans(database, [2, 99]);
    const forms = await readForms(database, [2, 99]);

    expect(vectors.map(({ id }) => id)).toEqual([1, 3]);
    expect([...spans]).toEqual([
      [
        2,
        {
          id: 2,
          documentId: ids[0],
          start: 12,
          end: 16,
          window: 0,
          text: 'pain',
          surfaceFormId: 2,
          typeVector: Float32Array.of(4, 8, 1, 0),
          thresholdVector: Float32Array.of(0, 0, 0, 1),
        },
      ],
    ]);
    expect([...forms.values()]).toEqual([{ id: 2, text: 'pain', vector: Float32Array.of(4, 1) }]);
  });
});

describe('formsWithoutVector', () => {
  it('says which distinct forms have to be encoded', async () => {
    const { database } = await openReadStore();

    const forms = await formsWithoutVector(database, ['ASPIRIN', 'New', 'new', "o'clock"]);

    expect(forms).toEqual(['new', "o'clock"]);
  });
});

describe('putMeanings', () => {
  it('gives vectors to forms that were stored without, once', async () => {
    const store = await openStore();
    await createType(store, 'Chemical');
    await putDrafts(store, { text: 'Aspirin for pain' });
    const [claim] = await claimAll(store);
    const { meanings: _, ...reading } = readingOf('Aspirin for pain', finds);
    if (claim) await finishClaim(store.database, claim, reading);
    const log = loggedVectors(store.database, 'MEANING');
    const toEncode = await formsToEncode(store.database, 10);

    await putMeanings(store.database, [{ id: 2, vector: Float32Array.of(1, 2) }]);
    await putMeanings(store.database, [{ id: 2, vector: Float32Array.of(9, 9) }]);

    expect(toEncode).toEqual([
      { id: 1, text: 'aspirin' },
      { id: 2, text: 'pain' },
    ]);
    expect(await formsToEncode(store.database, 10)).toEqual([{ id: 1, text: 'aspirin' }]);
    expect(await formsToEncode(store.database, 10, 1)).toEqual([]);
    expect(await log.changesAfter(0, 10)).toEqual([
      { sequence: 3, id: 2, vector: Float32Array.of(1, 2) },
    ]);
  });
});

describe('loggedVectors', () => {
  it('tells puts and removals in order, from any number on', async () => {
    const { database, ids } = await openReadStore();
    const types = loggedVectors(database, 'TYPE');
    const meanings = loggedVectors(database, 'MEANING');
    const middle = await types.lastSequence();

    await deleteDocuments(database, ids.slice(0, 1));

    const all = await types.changesAfter(0, 100);
    expect(all?.map(({ id, vector }) => [id, vector === null])).toEqual([
      [1, true],
      [2, true],
      [3, false],
      [1, true],
      [2, true],
    ]);
    expect(all?.every(({ sequence }, i) => i === 0 || sequence > (all[i - 1]?.sequence ?? 0))).toBe(
      true,
    );
    expect((await types.changesAfter(middle, 1))?.map(({ id }) => id)).toEqual([1]);
    const removedForms = await meanings.changesAfter(middle, 100);
    expect(removedForms?.map(({ id, vector }) => [id, vector])).toEqual([[2, null]]);
    expect(await types.changesAfter(await types.lastSequence(), 100)).toEqual([]);
  });

  it('says so when what is asked for has been thrown away, of its own space only', async () => {
    const { database } = await openReadStore();
    const types = loggedVectors(database, 'TYPE');
    const through = await types.lastSequence();

    await types.forget(through);

    expect(await types.changesAfter(through - 1, 10)).toBeUndefined();
    expect(await types.changesAfter(through, 10)).toEqual([]);
    expect(await types.lastSequence()).toBe(through);
    expect(await loggedVectors(database, 'MEANING').changesAfter(0, 10)).toHaveLength(2);
  });
});
