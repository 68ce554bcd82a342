import { describe, expect, it } from '@jest/globals';
import { countDocuments, findDocuments, putDocuments } from '../../../src/store/documents.ts';
import {
  findEntityType,
  keepTypeVector,
  progressOfTypes,
} from '../../../src/store/entity-types.ts';
import { loggedVectors } from '../../../src/store/index-log.ts';
import { changeJob, createJob, rerunDocuments } from '../../../src/store/ingest-jobs.ts';
import { claimRescores } from '../../../src/store/jobs.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import { countVectors, readSpans } from '../../../src/store/vectors.ts';
import {
  claimAll,
  claimOptions,
  closeStore,
  countRows,
  createType,
  openStore,
  putDrafts,
  readAll,
} from '../../support/store/open-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const finds = [{ word: 'Aspirin', type: 'Chemical' }];

async function folderReadBy(
  modelId: string,
): Promise<{ folder: string; typeId: number; ids: number[] }> {
  const folder = temporaryFolder();
  const store = await openStore(folder, modelId);
  const type = await createType(store, 'Chemical');
  await keepTypeVector(store.database, type, Float32Array.of(1));
  const ids = await putDrafts(store, { text: 'Aspirin' }, { text: 'Aspirin again' });
  await readAll(store, finds);
  await closeStore(store);
  return { folder, typeId: type.id, ids };
}

describe('openDatabase, with the model of before', () => {
  it('changes nothing', async () => {
    const { folder } = await folderReadBy('old');

    const store = await openStore(folder, 'old');

    expect(await claimAll(store)).toEqual([]);
    expect(await countVectors(store.database, 'TYPE')).toBe(2);
  });
});

describe('openDatabase, with another model', () => {
  it('removes the vectors, queues every document, and keeps mentions to be seen', async () => {
    const { folder, typeId } = await folderReadBy('old');

    const { database, collectionId } = await openStore(folder, 'new');

    expect(await countDocuments(database, collectionId)).toMatchObject({ QUEUED: 2, DONE: 0 });
    expect(await countVectors(database, 'TYPE')).toBe(0);
    expect(await countVectors(database, 'MEANING')).toBe(0);
    expect((await readSpans(database, [1])).get(1)).toMatchObject({
      text: 'Aspirin',
      typeVector: null,
      thresholdVector: null,
    });
    expect((await findEntityType(database, typeId))?.vector).toBeNull();
    expect((await progressOfTypes(database, [typeId])).get(typeId)?.documentsScored).toBe(0);
    expect((await listMentions(database, {}, { first: 10 })).rows).toHaveLength(2);
  });

  it('cuts the log, so that indexes of the old model cannot go on', async () => {
    const { folder } = await folderReadBy('old');

    const { database } = await openStore(folder, 'new');

    const types = loggedVectors(database, 'TYPE');
    expect(await types.changesAfter(0, 10)).toBeUndefined();
    expect(await types.changesAfter(await types.lastSequence(), 10)).toEqual([]);
  });

  it('has what the new model reads once the documents have been read again', async () => {
    const { folder, ids } = await folderReadBy('old');
    const store = await openStore(folder, 'new');

    await readAll(store, [{ word: 'again', type: 'Chemical' }]);

    const { rows } = await listMentions(store.database, {}, { first: 10 });
    expect(rows.map(({ text }) => text)).toEqual(['again']);
    expect(await countRows(store, 'spans')).toBe(1);
    expect(await countRows(store, 'surface_forms')).toBe(1);
    expect(await countVectors(store.database, 'MEANING')).toBe(1);
    const documents = await findDocuments(store.database, ids);
    expect([...documents.values()].map(({ state }) => state)).toEqual(['DONE', 'DONE']);
  });

  it('leaves a document to be read by the new model when a job that waits for it is cancelled', async () => {
    const { folder, ids } = await folderReadBy('old');
    const store = await openStore(folder, 'new');
    const { database, collectionId } = store;
    const which = { kind: 'OLDER_MODEL' } as const;
    const rerun = await rerunDocuments(database, { collectionId, which });
    await changeJob(database, rerun, 'pauseJob');
    await changeJob(database, rerun, 'cancelJob');
    const ingest = await createJob(database, { collectionId, kind: 'INGEST' });
    const drafts = [{ text: 'Aspirin' }, { text: 'Aspirin again' }];
    await putDocuments(database, drafts, { collectionId, jobId: ingest, priority: 'bulk' });

    await changeJob(database, ingest, 'cancelJob');

    expect(await countDocuments(database, collectionId)).toMatchObject({ QUEUED: 2, DONE: 0 });
    expect(await claimRescores(database, claimOptions)).toEqual([]);
    expect((await readAll(store, finds)).map(({ kind }) => kind)).toEqual(['READ', 'READ']);
    const spans = await readSpans(database, ids);
    expect([...spans.values()].map(({ thresholdVector }) => thresholdVector?.length)).toEqual([
      4, 4,
    ]);
  });

  it('reads a document again whose waiting version is taken back', async () => {
    const folder = temporaryFolder();
    const old = await openStore(folder, 'old');
    await createType(old, 'Chemical');
    const present = { text: 'Aspirin', externalId: 'a' };
    await putDrafts(old, present);
    await readAll(old, finds);
    await closeStore(old);
    const store = await openStore(folder, 'new');
    await putDrafts(store, { ...present, text: 'Another' });

    await putDrafts(store, present);

    expect((await claimAll(store)).map(({ text }) => text)).toEqual(['Aspirin']);
  });

  it('goes on with a clearing that was interrupted', async () => {
    const { folder } = await folderReadBy('old');
    const interrupted = await openStore(folder, 'new');
    await readAll(interrupted, finds);
    await interrupted.database.writer.query("UPDATE model SET state = 'CLEARING' RETURNING id", {});
    await closeStore(interrupted);

    const store = await openStore(folder, 'new');

    expect(await countVectors(store.database, 'TYPE')).toBe(0);
    expect(await store.database.writer.get('readModel')).toEqual({
      bundleId: 'new',
      state: 'READY',
    });
  });
});
