import { describe, expect, it } from '@jest/globals';
import {
  deleteDocuments,
  findDocuments,
  putDocuments,
  readTexts,
} from '../../../src/store/documents.ts';
import { loggedVectors } from '../../../src/store/index-log.ts';
import { claimRescores, failClaim, finishClaim } from '../../../src/store/jobs.ts';
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
  readAll,
  readingOf,
  type TestStore,
} from '../../support/store/open-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const aspirin = { word: 'Aspirin', type: 'Chemical' };
const caffeine = { word: 'Caffeine', type: 'Chemical' };
const old = { text: 'Aspirin works', externalId: 'a', title: 'Old' };
const next = { text: 'Caffeine works', externalId: 'a', title: 'New', metadata: { n: 1 } };

async function openWithOld(folder?: string): Promise<TestStore & { id: number }> {
  const store = await openStore(folder);
  await createType(store, 'Chemical');
  const [id = 0] = await putDrafts(store, old);
  await readAll(store, [aspirin]);
  return { ...store, id };
}

/** What a search finds and a reader sees. */
async function seen(store: TestStore & { id: number }) {
  const { rows } = await listMentions(store.database, {}, { first: 10 });
  const document = (await findDocuments(store.database, [store.id])).get(store.id);
  const text = (await readTexts(store.database, [store.id])).get(store.id);
  const { title, state } = document ?? {};
  return { mentions: rows.map((mention) => mention.text), text, title, state };
}

const isOld = { mentions: ['Aspirin'], text: 'Aspirin works', title: 'Old' };

const put = async (store: TestStore, draft: typeof old) =>
  (await putDocuments(store.database, [draft], { ...store, priority: 'bulk' }))[0]?.outcome;

describe('putDocuments, of another text for a document that was read', () => {
  it('leaves the old one to be searched until the new one has been read, then swaps them', async () => {
    const store = await openWithOld();

    const outcome = await put(store, next);
    const waiting = await seen(store);
    const claim = await claimOne(store);
    const running = await seen(store);
    await finishClaim(store.database, claim, readingOf(claim.text, [caffeine]));

    expect(outcome).toBe('REPLACED');
    expect(waiting).toEqual({ ...isOld, state: 'QUEUED' });
    expect(claim.text).toBe(next.text);
    expect(running).toEqual({ ...isOld, state: 'RUNNING' });
    expect(await seen(store)).toEqual({
      mentions: ['Caffeine'],
      text: next.text,
      title: 'New',
      state: 'DONE',
    });
    expect((await findDocuments(store.database, [store.id])).get(store.id)?.metadata).toEqual({
      n: 1,
    });
    for (const table of ['mentions', 'spans', 'surface_forms', 'windows', 'document_types']) {
      expect([table, await countRows(store, table)]).toEqual([table, 1]);
    }
    const changes = await loggedVectors(store.database, 'TYPE').changesAfter(0, 10);
    expect(changes?.map(({ id, vector }) => [id, vector !== null])).toEqual([
      [1, false],
      [1, false],
      [2, true],
    ]);
  });

  it('keeps what waits when the program ends', async () => {
    const folder = temporaryFolder();
    const store = await openWithOld(folder);
    await put(store, next);
    await claimOne(store);
    await closeStore(store);

    const again = { ...(await openStore(folder)), id: store.id };

    expect(await seen(again)).toEqual({ ...isOld, state: 'QUEUED' });
    await readAll(again, [caffeine]);
    expect(await seen(again)).toMatchObject({ mentions: ['Caffeine'], text: next.text });
  });

  it('leaves the old one when the new one cannot be read, and tries again when it is given again', async () => {
    const store = await openWithOld();
    await put(store, next);

    const failure = { code: 'X', message: 'no', retry: false };
    await failClaim(store.database, await claimOne(store), failure);
    const failed = await seen(store);
    const outcome = await put(store, next);

    expect(failed).toEqual({ ...isOld, state: 'FAILED' });
    expect(outcome).toBe('RETRIED');
    expect((await claimOne(store)).text).toBe(next.text);
  });

  it('takes the newest of several, and what was being read of another comes too late', async () => {
    const store = await openWithOld();
    await put(store, { ...next, text: 'never read' });
    const late = await claimOne(store);
    await put(store, next);

    const isStored = await finishClaim(store.database, late, readingOf(late.text, []));

    expect(isStored).toBe(false);
    expect(await seen(store)).toEqual({ ...isOld, state: 'QUEUED' });
    await readAll(store, [caffeine]);
    expect(await seen(store)).toMatchObject({ text: next.text });
  });

  it('knows the text that waits, and that it waits no more when the old one is given again', async () => {
    const store = await openWithOld();
    await put(store, next);

    const same = await put(store, { ...next, title: 'Newer' });
    const back = await put(store, old);

    expect([same, back]).toEqual(['UNCHANGED', 'UNCHANGED']);
    expect(await seen(store)).toEqual({ ...isOld, state: 'DONE' });
    expect(await claimAll(store)).toEqual([]);
    expect(await claimRescores(store.database, claimOptions)).toEqual([]);
    expect(await countRows(store, 'document_replacements')).toBe(0);
  });

  it('is deleted with its document', async () => {
    const store = await openWithOld();
    await put(store, next);

    await deleteDocuments(store.database, [store.id]);

    expect(await countRows(store, 'document_replacements')).toBe(0);
    expect(await claimAll(store)).toEqual([]);
  });
});
