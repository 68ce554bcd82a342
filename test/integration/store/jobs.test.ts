import { describe, expect, it } from '@jest/globals';
import { maxAttempts } from '../../../src/store/abandoned-claims.ts';
import { deleteDocuments, findDocuments, putDocuments } from '../../../src/store/documents.ts';
import { deleteEntityType } from '../../../src/store/entity-types.ts';
import {
  claimDocuments,
  extendLease,
  failClaim,
  finishClaim,
  returnClaims,
} from '../../../src/store/jobs.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import {
  claimAll,
  claimOne,
  claimOptions,
  closeStore,
  countRows,
  createType,
  openStore,
  putDrafts,
  readingOf,
  type TestStore,
} from '../../support/store/open-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const aspirin = { word: 'Aspirin', type: 'Chemical' };
const failure = { code: 'CHILD_PROCESS_DOWN', message: 'It was down.', retry: true };

async function documentOf({ database }: TestStore, id: number) {
  return (await findDocuments(database, [id])).get(id);
}

/** Makes back-offs and leases end now. */
async function letTimePass({ database }: TestStore): Promise<void> {
  await database.writer.query(
    `UPDATE documents SET available_at = 0, lease_until = iif(lease_until IS NULL, NULL, 1)
     WHERE lease_until IS NOT NULL OR available_at > 0 RETURNING id`,
    {},
  );
}

describe('claimDocuments', () => {
  it('hands out what somebody waits for first, then the oldest', async () => {
    const store = await openStore();
    const { database, collectionId } = store;
    await putDrafts(store, { text: 'old' }, { text: 'newer' });
    await putDocuments(database, [{ text: 'urgent' }], { collectionId, priority: 'interactive' });
    await putDocuments(database, [{ text: 'newer' }], { collectionId, priority: 'interactive' });

    const claims = await claimAll(store);

    expect(claims.map(({ text, priority }) => [text, priority])).toEqual([
      ['newer', 'interactive'],
      ['urgent', 'interactive'],
      ['old', 'bulk'],
    ]);
  });

  it('gives each document to one worker, with the types to score', async () => {
    const store = await openStore();
    const type = await createType(store, 'Chemical');
    await putDrafts(store, { text: 'a' }, { text: 'b' }, { text: 'c' });

    const claims = await Promise.all(
      [1, 2].map((limit) => claimDocuments(store.database, { ...claimOptions, limit })),
    );

    expect(claims.flat().map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    expect(claims.flat().every(({ kind, attempt }) => kind === 'READ' && attempt === 1)).toBe(true);
    expect(claims[0]?.[0]?.types).toEqual([type]);
    expect(await claimAll(store)).toEqual([]);
  });

  it('hands a document out again when its lease has ended, and the first worker comes too late', async () => {
    const store = await openStore();
    await createType(store, 'Chemical');
    await putDrafts(store, { text: 'Aspirin' });
    const late = await claimOne(store);
    await letTimePass(store);

    const again = await claimOne(store);

    expect(again).toMatchObject({ documentId: late.documentId, attempt: 2 });
    expect(await finishClaim(store.database, late, readingOf('Aspirin', [aspirin]))).toBe(false);
    expect(await failClaim(store.database, late, failure)).toBe(false);
    expect(await extendLease(store.database, late, 1_000)).toBe(false);
    expect(await countRows(store, 'mentions')).toBe(0);
    expect(await finishClaim(store.database, again, readingOf('Aspirin', [aspirin]))).toBe(true);
  });
});

describe('extendLease', () => {
  it('keeps the document', async () => {
    const store = await openStore();
    await putDrafts(store, { text: 'a' });
    const claim = await claimOne(store);
    await letTimePass(store);

    const isKept = await extendLease(store.database, claim, 60_000);

    expect(isKept).toBe(true);
    expect(await claimAll(store)).toEqual([]);
  });
});

describe('finishClaim', () => {
  it('stores what was read with its coverage', async () => {
    const store = await openStore();
    const type = await createType(store, 'Chemical');
    const [id = 0] = await putDrafts(store, { text: 'Take Aspirin \u{1f48a}.' });
    const claim = await claimOne(store);
    const reading = readingOf(claim.text, [{ ...aspirin, margin: 0.25 }]);
    const dropped = [{ start: 13, end: 15, reason: 'UNKNOWN' }];

    await finishClaim(store.database, claim, {
      ...reading,
      coverage: { ...reading.coverage, dropped },
    });

    const document = await documentOf(store, id);
    expect(document).toMatchObject({
      state: 'DONE',
      error: null,
      attempts: 0,
      coverage: { characters: 16, charactersRead: 16, tokens: 7, unknownTokens: 1, dropped },
    });
    expect(document?.readAt).toBeInstanceOf(Date);
    expect((await listMentions(store.database, {}, { first: 5 })).rows).toEqual([
      {
        id: 1,
        documentId: id,
        spanId: 1,
        surfaceFormId: 1,
        entityTypeId: type.id,
        typeVersion: 1,
        type: 'Chemical',
        start: 5,
        end: 12,
        window: 0,
        text: 'Aspirin',
        score: 2.25,
        threshold: 2,
        margin: 0.25,
        source: 'MODEL',
        state: 'UNREVIEWED',
        statedConcept: null,
      },
    ]);
  });

  it('stores nothing of a document that was replaced meanwhile', async () => {
    const store = await openStore();
    await createType(store, 'Chemical');
    await putDrafts(store, { text: 'Aspirin', externalId: 'a' });
    const claim = await claimOne(store);
    await putDrafts(store, { text: 'other', externalId: 'a' });

    const isStored = await finishClaim(store.database, claim, readingOf('Aspirin', [aspirin]));

    expect(isStored).toBe(false);
    expect(await countRows(store, 'mentions')).toBe(0);
    expect(await claimOne(store)).toMatchObject({ text: 'other', attempt: 1 });
  });

  it('stores nothing of a document that was deleted meanwhile', async () => {
    const store = await openStore();
    await createType(store, 'Chemical');
    const ids = await putDrafts(store, { text: 'Aspirin' });
    const claim = await claimOne(store);
    await deleteDocuments(store.database, ids);

    const isStored = await finishClaim(store.database, claim, readingOf('Aspirin', [aspirin]));

    expect(isStored).toBe(false);
    expect(await countRows(store, 'surface_forms')).toBe(0);
  });

  it('leaves out mentions of a type that was deleted meanwhile', async () => {
    const store = await openStore();
    const type = await createType(store, 'Chemical');
    await createType(store, 'Disease');
    await putDrafts(store, { text: 'Aspirin for pain' });
    const claim = await claimOne(store);
    await deleteEntityType(store.database, type.id);

    await finishClaim(
      store.database,
      claim,
      readingOf(claim.text, [aspirin, { word: 'pain', type: 'Disease' }]),
    );

    const { rows } = await listMentions(store.database, {}, { first: 5 });
    expect(rows.map(({ text }) => text)).toEqual(['pain']);
    expect(await countRows(store, 'spans')).toBe(1);
  });

  it('stores a span that two types name once', async () => {
    const store = await openStore();
    await createType(store, 'Chemical');
    await createType(store, 'Drug');
    await putDrafts(store, { text: 'Aspirin' });
    const claim = await claimOne(store);

    await finishClaim(
      store.database,
      claim,
      readingOf('Aspirin', [aspirin, { word: 'Aspirin', type: 'Drug' }]),
    );

    expect(await countRows(store, 'mentions')).toBe(2);
    expect(await countRows(store, 'spans')).toBe(1);
    expect(await countRows(store, 'index_log')).toBe(2);
  });
});

describe('failClaim', () => {
  it('gives a document back after a wait, until it has had its attempts', async () => {
    const store = await openStore();
    const [id = 0] = await putDrafts(store, { text: 'x' });
    const states: unknown[] = [];

    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      await failClaim(store.database, await claimOne(store), failure);
      const next = await claimAll(store);
      states.push([(await documentOf(store, id))?.state, next.length]);
      await letTimePass(store);
    }

    expect(states).toEqual([
      ['QUEUED', 0],
      ['QUEUED', 0],
      ['QUEUED', 0],
      ['QUEUED', 0],
      ['FAILED', 0],
    ]);
    expect(await documentOf(store, id)).toMatchObject({
      error: { code: 'CHILD_PROCESS_DOWN', message: 'It was down.' },
      attempts: maxAttempts,
    });
  });

  it('gives a document up at once when another attempt cannot help', async () => {
    const store = await openStore();
    const [id = 0] = await putDrafts(store, { text: 'x' });

    await failClaim(store.database, await claimOne(store), { ...failure, retry: false });

    expect((await documentOf(store, id))?.state).toBe('FAILED');
  });

  it('is forgotten when the document is read in the end', async () => {
    const store = await openStore();
    const [id = 0] = await putDrafts(store, { text: 'x' });
    await failClaim(store.database, await claimOne(store), failure);
    await letTimePass(store);

    await finishClaim(store.database, await claimOne(store), readingOf('x', []));

    expect(await documentOf(store, id)).toMatchObject({ state: 'DONE', error: null });
  });
});

describe('returnClaims', () => {
  it('hands documents back at once, and not as an attempt', async () => {
    const store = await openStore();
    await putDrafts(store, { text: 'a' }, { text: 'b' });

    await returnClaims(store.database, await claimAll(store));

    expect((await claimAll(store)).map(({ attempt }) => attempt)).toEqual([1, 1]);
  });
});

describe('openDatabase, after a process that did not end well', () => {
  it('queues again what was being read, and gives up what was begun too often', async () => {
    const folder = temporaryFolder();
    let store = await openStore(folder);
    const [id = 0] = await putDrafts(store, { text: 'takes the process down' });
    const states: unknown[] = [];

    for (let start = 1; start <= maxAttempts; start += 1) {
      await claimOne(store);
      await closeStore(store);
      store = await openStore(folder);
      states.push((await documentOf(store, id))?.state);
    }

    expect(states).toEqual(['QUEUED', 'QUEUED', 'QUEUED', 'QUEUED', 'FAILED']);
    expect((await documentOf(store, id))?.error?.code).toBe('INTERRUPTED');
  });
});
