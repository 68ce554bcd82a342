import { describe, expect, it } from '@jest/globals';
import { putDocuments } from '../../../src/store/documents.ts';
import { progressOfTypes } from '../../../src/store/entity-types.ts';
import { changeJob, createJob, rerunDocuments } from '../../../src/store/ingest-jobs.ts';
import { claimRescores, finishClaim } from '../../../src/store/jobs.ts';
import {
  claimAll,
  claimOptions,
  createType,
  openStore,
  putDrafts,
  readAll,
  readingOf,
  type TestStore,
} from '../../support/store/open-store.ts';

const finds = [{ word: 'Aspirin', type: 'Chemical' }];

async function openRead(): Promise<TestStore & { typeId: number }> {
  const store = await openStore();
  const { id: typeId } = await createType(store, 'Chemical');
  await putDrafts(store, { text: 'Aspirin' }, { text: 'Aspirin again' });
  await readAll(store, finds);
  return { ...store, typeId };
}

const rerun = ({ database, collectionId }: TestStore, typeId: number): Promise<number> =>
  rerunDocuments(database, { collectionId, which: { kind: 'TYPE', typeId } });

/** A job that waits for these documents. */
async function ingest({ database, collectionId }: TestStore, texts: string[]): Promise<number> {
  const jobId = await createJob(database, { collectionId, kind: 'INGEST' });
  const drafts = texts.map((text) => ({ text }));
  await putDocuments(database, drafts, { collectionId, jobId, priority: 'bulk' });
  return jobId;
}

const textsOf = (claims: readonly { text: string }[]): string[] => claims.map(({ text }) => text);

describe('cancelJob, of documents that are scored again for a type', () => {
  it('has none of them scored, and counts them as scored as before', async () => {
    const store = await openRead();
    const { database, typeId } = store;
    const id = await rerun(store, typeId);
    const meanwhile = await progressOfTypes(database, [typeId]);

    await changeJob(database, id, 'cancelJob');

    expect(await claimRescores(database, claimOptions)).toEqual([]);
    expect(meanwhile.get(typeId)?.documentsScored).toBe(0);
    expect((await progressOfTypes(database, [typeId])).get(typeId)?.documentsScored).toBe(2);
  });

  it('keeps what has been scored until then', async () => {
    const store = await openRead();
    const { database, typeId } = store;
    const id = await rerun(store, typeId);
    const [first] = await claimRescores(database, { ...claimOptions, limit: 1 });
    if (first) await finishClaim(database, first, readingOf(first.text, finds));

    await changeJob(database, id, 'cancelJob');

    expect(await claimRescores(database, claimOptions)).toEqual([]);
    expect((await progressOfTypes(database, [typeId])).get(typeId)?.documentsScored).toBe(2);
  });

  it('has them scored for another job that waits for them', async () => {
    const store = await openRead();
    const { database, typeId } = store;
    const id = await rerun(store, typeId);
    await rerun(store, typeId);

    await changeJob(database, id, 'cancelJob');

    expect(textsOf(await claimRescores(database, claimOptions))).toEqual([
      'Aspirin',
      'Aspirin again',
    ]);
  });
});

describe('cancelJob, of documents that another job waits for', () => {
  it('holds them while that one is paused', async () => {
    const store = await openStore();
    const { database } = store;
    const running = await ingest(store, ['shared', 'own']);
    const paused = await ingest(store, ['shared']);
    await changeJob(database, paused, 'pauseJob');

    await changeJob(database, running, 'cancelJob');

    expect(textsOf(await claimAll(store))).toEqual([]);
    await changeJob(database, paused, 'resumeJob');
    expect(textsOf(await claimAll(store))).toEqual(['shared']);
  });

  it('has them read while one of those is not paused', async () => {
    const store = await openStore();
    const { database } = store;
    const cancelled = await ingest(store, ['shared']);
    const paused = await ingest(store, ['shared']);
    await ingest(store, ['shared']);
    await changeJob(database, paused, 'pauseJob');

    await changeJob(database, cancelled, 'cancelJob');

    expect(textsOf(await claimAll(store))).toEqual(['shared']);
  });
});
