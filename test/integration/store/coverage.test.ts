import { describe, expect, it } from '@jest/globals';
import { SqlConnection } from '../../../src/store/connection.ts';
import {
  dropsOfCollection,
  dropsOfDocuments,
  fileDropsOfDocuments,
  totalCoverage,
} from '../../../src/store/coverage.ts';
import { countDocuments, deleteDocuments } from '../../../src/store/documents.ts';
import type { DocumentDraft, FileDrop } from '../../../src/store/drafts.ts';
import { failClaim } from '../../../src/store/jobs.ts';
import { databaseFile } from '../../../src/store/maintenance.ts';
import {
  claimAll,
  createType,
  openStore,
  putDrafts,
  readAll,
  type TestStore,
} from '../../support/store/open-store.ts';
import { readWithDictionary } from '../../support/store/read-documents.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const aspirin = { word: 'Aspirin', type: 'Chemical' };

async function openReadStore(
  ...drafts: readonly DocumentDraft[]
): Promise<TestStore & { ids: number[] }> {
  const store = await openStore();
  await createType(store, 'Chemical');
  const ids = await putDrafts(store, ...drafts);
  await readAll(store, [aspirin]);
  return { ...store, ids };
}

const navigation: FileDrop = { reason: 'NOT_MAIN_CONTENT', at: 0, chars: 7, text: 'Buy now' };
const attachment: FileDrop = { reason: 'ATTACHMENT', at: 3, chars: 0, bytes: 9, text: 'a.pdf' };

describe('totalCoverage', () => {
  it('sums over the documents that were read', async () => {
    const store = await openReadStore({ text: '12345' }, { text: '123' });
    await putDrafts(store, { text: 'waiting' });

    expect(await totalCoverage(store.database, store.collectionId)).toEqual({
      characters: 8,
      charactersRead: 8,
      tokens: 14,
      words: 0,
      windows: 2,
      unknownTokens: 2,
      droppedParts: 0,
    });
  });

  /** What the running sums must be: everything counted again. */
  const recount = ({ database }: TestStore) =>
    database.reader.query(
      `SELECT state, count(*) AS documents, sum(iif(read_at IS NULL, 0, characters)) AS characters,
       sum(iif(read_at IS NULL, 0, tokens)) AS tokens,
       sum(iif(read_at IS NULL, 0, json_array_length(dropped))) AS dropped
       FROM documents GROUP BY state ORDER BY state`,
      {},
    );
  const sums = ({ database }: TestStore) =>
    database.reader.query(
      `SELECT state, documents, characters, tokens, dropped_parts AS dropped
       FROM collection_totals WHERE documents > 0 ORDER BY state`,
      {},
    );

  it('and countDocuments equal a count of everything, whatever happens to documents', async () => {
    const texts = ['Aspirin for pain', 'pain', 'more Aspirin', 'gone'];
    const store = await openReadStore(...texts.map((text) => ({ text })));
    const compared: unknown[] = [[await recount(store), await sums(store)]];
    const compare = async () => compared.push([await recount(store), await sums(store)]);

    await putDrafts(store, { text: 'old', externalId: 'a' }, { text: 'waits' });
    await compare();
    const [claim] = await claimAll(store);
    await compare();
    if (claim) await failClaim(store.database, claim, { code: 'X', message: 'no', retry: false });
    await compare();
    await putDrafts(store, { text: 'a new text', externalId: 'a' });
    await compare();
    await readAll(store, [aspirin]);
    await deleteDocuments(store.database, store.ids.slice(2));
    await compare();

    for (const [counted, summed] of compared as unknown[][]) expect(summed).toEqual(counted);
    expect(await countDocuments(store.database, store.collectionId)).toMatchObject({ DONE: 3 });
  });

  it('counts no window of a document that was deleted by its row alone', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const [id = 0] = await putDrafts(store, { text: 'one' }, { text: 'two' });
    await readAll(store, []);
    const connection = new SqlConnection({ folder, path: databaseFile(folder), readonly: false });

    connection.change('DELETE FROM documents WHERE id = :id', { id });
    connection.close();

    expect(await totalCoverage(store.database, store.collectionId)).toMatchObject({ windows: 1 });
  });
});

describe('dropsOfDocuments and dropsOfCollection', () => {
  it('tell parts of texts and what files hold beside them, once they have been read', async () => {
    const store = await openStore();
    const dropped = [navigation, attachment, navigation];
    const ids = await putDrafts(
      store,
      { text: 'a\u0001b\u0002\u0003c', dropped },
      { text: 'all of it was read', dropped: [] },
    );
    const before = await dropsOfCollection(store.database, store.collectionId);

    await readWithDictionary(store);

    const expected = [
      { reason: 'CONTROL_CHARACTER', parts: 2, characters: 3, bytes: 0 },
      { reason: 'NOT_MAIN_CONTENT', parts: 2, characters: 14, bytes: 0 },
      { reason: 'ATTACHMENT', parts: 1, characters: 0, bytes: 9 },
    ];
    expect(before).toEqual([]);
    expect(await dropsOfDocuments(store.database, ids)).toEqual(new Map([[ids[0], expected]]));
    expect(await dropsOfCollection(store.database, store.collectionId)).toEqual(expected);
    expect(await fileDropsOfDocuments(store.database, ids)).toEqual(new Map([[ids[0], dropped]]));
  });

  it('sum up all parts of a file and keep the first hundred, cut', async () => {
    const long = { ...navigation, chars: 900, text: `${'x'.repeat(199)}😀${'y'.repeat(600)}` };
    const dropped = Array.from({ length: 250 }, () => long);
    const { ids, ...store } = await openReadStore({ text: 'Aspirin', dropped });

    const [id = 0] = ids;
    const parts = (await fileDropsOfDocuments(store.database, ids)).get(id);

    expect(parts).toHaveLength(100);
    expect(parts?.[99]).toEqual({ ...long, text: 'x'.repeat(199) });
    expect((await dropsOfDocuments(store.database, ids)).get(id)).toEqual([
      { reason: 'NOT_MAIN_CONTENT', parts: 250, characters: 225_000, bytes: 0 },
    ]);
  });

  it('are of the version that can be searched, and change with it', async () => {
    const externalId = 'page';
    const { ids, ...store } = await openReadStore({
      text: 'Aspirin',
      externalId,
      dropped: [navigation],
    });
    const seen = async () =>
      (await dropsOfCollection(store.database, store.collectionId)).map(({ reason }) => reason);

    const first = await seen();
    await putDrafts(store, { text: 'No Aspirin', externalId, dropped: [attachment] });
    const waiting = await seen();
    await readAll(store, [aspirin]);
    const replaced = await seen();
    await putDrafts(store, { text: 'No Aspirin', externalId });
    const leftOut = await seen();
    await putDrafts(store, { text: 'No Aspirin', externalId, dropped: [] });
    const given = await seen();

    expect({ first, waiting, replaced, leftOut, given }).toEqual({
      first: ['NOT_MAIN_CONTENT'],
      waiting: ['NOT_MAIN_CONTENT'],
      replaced: ['ATTACHMENT'],
      leftOut: ['ATTACHMENT'],
      given: [],
    });
    expect(await dropsOfDocuments(store.database, ids)).toEqual(new Map());
  });
});
