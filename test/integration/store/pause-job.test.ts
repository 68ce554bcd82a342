import { describe, expect, it } from '@jest/globals';
import { putDocuments } from '../../../src/store/documents.ts';
import { changeJob, createJob, rerunDocuments } from '../../../src/store/ingest-jobs.ts';
import type { RerunFilter } from '../../../src/store/job-records.ts';
import {
  type Claim,
  claimDocuments,
  claimRescores,
  failClaim,
  finishClaim,
  finishRescores,
} from '../../../src/store/jobs.ts';
import { packMentions } from '../../../src/store/packed-reading.ts';
import {
  claimAll,
  claimOne,
  claimOptions,
  closeStore,
  createType,
  openStore,
  putDrafts,
  readAll,
  readingOf,
  type TestStore,
} from '../../support/store/open-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const finds = [{ word: 'Aspirin', type: 'Chemical' }];
const failure = { code: 'READING_FAILED', message: 'It could not be read.', retry: false };

/** A document that is being scored again for a job that was paused meanwhile. */
async function openPausedRerun(): Promise<TestStore & { claim: Claim; jobId: number }> {
  const store = await openStore();
  const { database, collectionId } = store;
  const { id: typeId } = await createType(store, 'Chemical');
  await putDrafts(store, { text: 'Aspirin' });
  await readAll(store, finds);
  const jobId = await rerunDocuments(database, { collectionId, which: { kind: 'TYPE', typeId } });
  const [claim] = await claimRescores(database, claimOptions);
  if (!claim) throw new Error('There was nothing to score.');
  await changeJob(database, jobId, 'pauseJob');
  return { ...store, claim, jobId };
}

/** How what is being scored can end. */
const endings: Record<string, (store: TestStore, claim: Claim) => Promise<unknown>> = {
  'read from its text': ({ database }, claim) =>
    finishClaim(database, claim, readingOf(claim.text, finds)),
  'scored from its ledger': ({ database }, claim) =>
    finishRescores(database, claim.types, [{ claim, found: packMentions([]) }]),
  'given up': ({ database }, claim) => failClaim(database, claim, failure),
};

describe('pauseJob, of documents that are in hand', () => {
  it.each(Object.entries(endings))(
    'has a document scored for later types when it was %s meanwhile',
    async (_, end) => {
      const store = await openPausedRerun();
      await end(store, store.claim);

      await createType(store, 'Disease');

      const later = await claimRescores(store.database, claimOptions);
      expect(later.map(({ documentId }) => documentId)).toEqual([store.claim.documentId]);
    },
  );

  it('has a document that was given up meanwhile read by another model', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder, 'model');
    const { database, collectionId } = store;
    const jobId = await createJob(database, { collectionId, kind: 'INGEST' });
    await putDocuments(database, [{ text: 'a' }], { collectionId, jobId, priority: 'bulk' });
    const claim = await claimOne(store);
    await changeJob(database, jobId, 'pauseJob');
    await failClaim(database, claim, failure);
    await closeStore(store);

    const claims = await claimAll(await openStore(folder, 'another'));

    expect(claims.map(({ text }) => text)).toEqual(['a']);
  });

  it('holds a document that is to be tried again', async () => {
    const store = await openPausedRerun();
    const { database, claim, jobId } = store;
    await failClaim(database, claim, { ...failure, retry: true });
    await database.writer.query('UPDATE documents SET available_at = 0 RETURNING id', {});

    const held = await claimRescores(database, claimOptions);
    await changeJob(database, jobId, 'resumeJob');

    expect(held).toEqual([]);
    expect(await claimRescores(database, claimOptions)).toHaveLength(1);
    expect(await claimDocuments(database, claimOptions)).toEqual([]);
  });
});

describe('pauseJob, of documents that another job waits for', () => {
  /** Has documents scored again for a type, or read by the model in use. */
  const rerun = ({ database, collectionId }: TestStore, which: RerunFilter): Promise<number> =>
    rerunDocuments(database, { collectionId, which });

  it('does not hold those that are asked for again later', async () => {
    const store = await openStore();
    const { database } = store;
    const { id: typeId } = await createType(store, 'Chemical');
    await putDrafts(store, { text: 'Aspirin' });
    await readAll(store, finds);
    const paused = await rerun(store, { kind: 'TYPE', typeId });
    await changeJob(database, paused, 'pauseJob');

    await rerun(store, { kind: 'TYPE', typeId });
    await changeJob(database, paused, 'cancelJob');

    expect(await claimRescores(database, claimOptions)).toHaveLength(1);
  });

  it('does not hold those of another model that are asked for again later', async () => {
    const folder = temporaryFolder();
    const before = await openStore(folder, 'model');
    await putDrafts(before, { text: 'a' });
    await readAll(before, []);
    await closeStore(before);
    const store = await openStore(folder, 'another');
    const { database } = store;
    const paused = await rerun(store, { kind: 'OLDER_MODEL' });
    await changeJob(database, paused, 'pauseJob');

    await rerun(store, { kind: 'OLDER_MODEL' });

    expect(await claimAll(store)).toHaveLength(1);
  });

  it('does not hold one that gets another text from the paused job', async () => {
    const store = await openStore();
    const { database, collectionId } = store;
    const begin = () => createJob(database, { collectionId, kind: 'INGEST' });
    const put = (jobId: number, text: string) =>
      putDocuments(database, [{ text, externalId: 'one' }], {
        collectionId,
        jobId,
        priority: 'bulk',
      });
    await put(await begin(), 'a');
    const paused = await begin();
    await changeJob(database, paused, 'pauseJob');

    await put(paused, 'b');
    await changeJob(database, paused, 'cancelJob');

    expect((await claimAll(store)).map(({ text }) => text)).toEqual(['b']);
  });

  it('holds what is given to it while it is paused', async () => {
    const store = await openStore();
    const { database, collectionId } = store;
    const jobId = await createJob(database, { collectionId, kind: 'INGEST' });
    await changeJob(database, jobId, 'pauseJob');
    const [known = 0] = await putDrafts(store, { text: 'known' });
    await readAll(store, []);

    const drafts = [{ text: 'new' }, { text: 'known' }];
    await putDocuments(database, drafts, { collectionId, jobId, priority: 'interactive' });

    expect(await claimAll(store)).toEqual([]);
    await createType(store, 'Disease');
    const later = await claimRescores(database, claimOptions);
    expect(later.map(({ documentId }) => documentId)).toEqual([known]);
    await changeJob(database, jobId, 'resumeJob');
    expect((await claimAll(store)).map(({ text }) => text)).toEqual(['new']);
  });
});
