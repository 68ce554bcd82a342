import { describe, expect, it } from '@jest/globals';
import {
  countDocuments,
  deleteDocuments,
  findDocuments,
  listDocuments,
  putDocuments,
  readTexts,
} from '../../../src/store/documents.ts';
import { failClaim } from '../../../src/store/jobs.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import {
  claimAll,
  countRows,
  createType,
  openStore,
  putDrafts,
  readAll,
  type TestStore,
} from '../../support/store/open-store.ts';

const aspirin = { word: 'Aspirin', type: 'Chemical' };
const pain = { word: 'pain', type: 'Disease' };

async function openReadStore(...texts: readonly string[]): Promise<TestStore & { ids: number[] }> {
  const store = await openStore();
  await createType(store, 'Chemical');
  await createType(store, 'Disease');
  const ids = await putDrafts(store, ...texts.map((text) => ({ text })));
  await readAll(store, [aspirin, pain]);
  return { ...store, ids };
}

const bulk = ({ collectionId }: TestStore) => ({ collectionId, priority: 'bulk' as const });

describe('putDocuments', () => {
  it('keeps texts exactly as given', async () => {
    const store = await openStore();
    const texts = [
      'plain',
      'e\u0301 \u00e9 \ufeff',
      'a\u0000b',
      '\u{1f48a} שלום',
      ' \r\n\t',
      'x'.repeat(300_000),
    ];

    const ids = await putDrafts(store, ...texts.map((text) => ({ text })));
    const read = await readTexts(store.database, ids);

    expect(ids.map((id) => read.get(id))).toEqual(texts);
  });

  it('keeps title, metadata and external id', async () => {
    const store = await openStore();
    const metadata = { year: 1899, tags: ['a', null] };

    const [id = 0] = await putDrafts(store, {
      text: 'x',
      externalId: 'pmid:1',
      title: 'T',
      metadata,
    });
    const document = (await findDocuments(store.database, [id])).get(id);

    expect(document).toMatchObject({
      externalId: 'pmid:1',
      title: 'T',
      metadata,
      state: 'QUEUED',
      error: null,
      readAt: null,
    });
    expect(document?.createdAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  it('knows the same text again, within and across calls, and does not read it twice', async () => {
    const store = await openReadStore('Aspirin', 'pain');

    const results = await putDocuments(
      store.database,
      [{ text: 'pain' }, { text: 'new' }, { text: 'new' }],
      bulk(store),
    );

    expect(results.map(({ outcome }) => outcome)).toEqual(['UNCHANGED', 'CREATED', 'UNCHANGED']);
    expect(results[0]?.id).toBe(store.ids[1]);
    expect(results[2]?.id).toBe(results[1]?.id);
    expect(await claimAll(store)).toHaveLength(1);
  });

  it('tells documents with different external ids apart, whatever their text', async () => {
    const store = await openStore();

    const ids = await putDrafts(
      store,
      { text: 'same', externalId: 'a' },
      { text: 'same', externalId: 'b' },
      { text: 'same' },
      { text: 'same', externalId: 'a' },
    );

    expect(new Set(ids).size).toBe(3);
    expect(ids[3]).toBe(ids[0]);
  });

  it('replaces at once a text that was never read', async () => {
    const store = await openStore();
    const [id = 0] = await putDrafts(store, { text: 'Aspirin works', externalId: 'a' });

    const [result] = await putDocuments(
      store.database,
      [{ text: 'It works', externalId: 'a', title: 'New' }],
      bulk(store),
    );

    expect(result).toEqual({ id, outcome: 'REPLACED' });
    expect((await readTexts(store.database, [id])).get(id)).toBe('It works');
    expect((await findDocuments(store.database, [id])).get(id)).toMatchObject({
      state: 'QUEUED',
      title: 'New',
    });
    expect(await countRows(store, 'document_replacements')).toBe(0);
  });

  it('tries again a document that was given up, when it is given again', async () => {
    const store = await openStore();
    await putDrafts(store, { text: 'x' });
    const [claim] = await claimAll(store);
    if (claim) await failClaim(store.database, claim, { code: 'X', message: 'no', retry: false });

    const [result] = await putDocuments(store.database, [{ text: 'x' }], bulk(store));

    expect(result?.outcome).toBe('RETRIED');
    expect(await claimAll(store)).toMatchObject([{ documentId: claim?.documentId, attempt: 1 }]);
  });

  it('changes title and metadata without reading again, and keeps those not given', async () => {
    const store = await openReadStore('Aspirin');
    const [id = 0] = store.ids;
    await putDrafts(store, { text: 'Aspirin', title: 'first', metadata: { a: 1 } });

    await putDrafts(store, { text: 'Aspirin', title: 'second' });

    expect((await findDocuments(store.database, [id])).get(id)).toMatchObject({
      title: 'second',
      metadata: { a: 1 },
      state: 'DONE',
    });
  });

  it('refuses a text with a lone surrogate, which would come back changed', async () => {
    const store = await openStore();

    const put = putDrafts(store, { text: 'a\ud800b' });

    await expect(put).rejects.toMatchObject({ code: 'TEXT_NOT_UNICODE', details: { offset: 1 } });
    expect(await countRows(store, 'documents')).toBe(0);
  });
});

describe('listDocuments', () => {
  it('gives every document once, in order, page by page', async () => {
    const store = await openStore();
    const { database, collectionId } = store;
    const ids = await putDrafts(store, ...'abcdefg'.split('').map((text) => ({ text })));

    const first = await listDocuments(database, { collectionId }, { first: 3 });
    const second = await listDocuments(
      database,
      { collectionId },
      { first: 3, after: first.rows.at(-1)?.id },
    );
    const third = await listDocuments(
      database,
      { collectionId },
      { first: 3, after: second.rows.at(-1)?.id },
    );

    const rows = [...first.rows, ...second.rows, ...third.rows];
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect([first, second, third].map(({ hasNext }) => hasNext)).toEqual([true, true, false]);
  });

  it('filters by state, and counts the states', async () => {
    const store = await openReadStore('one', 'two');
    await putDrafts(store, { text: 'three' });
    const { database, collectionId } = store;

    const waiting = await listDocuments(
      database,
      { collectionId, states: ['QUEUED'] },
      { first: 9 },
    );

    expect(waiting.rows).toHaveLength(1);
    expect(await countDocuments(database, collectionId)).toEqual({
      QUEUED: 1,
      RUNNING: 0,
      DONE: 2,
      FAILED: 0,
    });
  });
});

describe('deleteDocuments', () => {
  it('deletes what was read too, keeps forms that others use, and ignores unknown ids', async () => {
    const store = await openReadStore('Aspirin and pain', 'Aspirin again');
    const [first = 0, second = 0] = store.ids;

    const deleted = await deleteDocuments(store.database, [first, 999, first]);

    expect(deleted).toEqual([first]);
    const { rows } = await listMentions(store.database, {}, { first: 10 });
    expect(rows.map(({ documentId, text }) => [documentId, text])).toEqual([[second, 'Aspirin']]);
    expect(await countRows(store, 'surface_forms')).toBe(1);
    expect(await countRows(store, 'spans')).toBe(1);
    expect(await countRows(store, 'windows')).toBe(1);
  });

  it('never gives an id again', async () => {
    const store = await openReadStore('one', 'two');
    await deleteDocuments(store.database, store.ids);

    const [id = 0] = await putDrafts(store, { text: 'two' });

    expect(store.ids).not.toContain(id);
  });
});
