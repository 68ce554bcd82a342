import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ensureCollection } from '../../../src/store/collections.ts';
import { SqlConnection } from '../../../src/store/connection.ts';
import { findDocuments, putDocuments } from '../../../src/store/documents.ts';
import { findEntityType, updateEntityType } from '../../../src/store/entity-types.ts';
import { addRefusals, createJob, refusalsOf } from '../../../src/store/ingest-jobs.ts';
import { databaseFile, withReader, withWriter } from '../../../src/store/maintenance.ts';
import { purgeDocuments } from '../../../src/store/purge.ts';
import { purgeOffline } from '../../../src/store/purge-offline.ts';
import { addMention, standingExamples } from '../../../src/store/reviews.ts';
import { readSpans } from '../../../src/store/vectors.ts';
import { isWhole, verifyDatabase } from '../../../src/store/verify/verify.ts';
import { dictionaryModel, openDictionaryExtractor } from '../../support/dictionary-extractor.ts';
import { filesHolding } from '../../support/store/canary.ts';
import {
  closeStore,
  countRows,
  openStore,
  type TestStore,
} from '../../support/store/open-store.ts';
import { openReadStore, someDrafts } from '../../support/store/read-documents.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** No other text has any three letters of it. */
const secret = 'Zyxwvutsr';
const secretText = `${secret} helped. ${'Nothing here. '.repeat(2_000)} The secret of Mrs Quaxton.`;
const drafts = [
  // Long, so that it is in pages of its own, and many, so that pages are split and rows moved.
  ...Array.from({ length: 40 }, (_, i) => ({ text: `Aspirin number ${i}`, externalId: `${i}` })),
  {
    text: secretText,
    externalId: 'secret-id-4711',
    title: 'Title of Quaxton',
    metadata: { patient: 'Quaxton-Metadata' },
    mentions: [{ start: 0, end: secret.length, type: 'Chemical' }],
    dropped: [{ reason: 'NOT_MAIN_CONTENT', at: 0, chars: 20, text: 'Menu of Quaxton-File' }],
    pageStarts: [0, 1_331, 13_313],
  },
  ...someDrafts,
];
const canaries = [
  secret,
  secret.toLowerCase(),
  'Quaxton',
  'secret-id-4711',
  'Mrs Qu',
  'Menu of',
  '1331,13313',
  '[0,17,19]',
];

/** What a text index knows: its terms, and the beginnings by which its pages are found. */
function textIndexOf(folder: string, name: string): { terms: string[]; keys: string[] } {
  const path = databaseFile(folder);
  const connection = new SqlConnection({ folder, path, readonly: false });
  connection.execute(`CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, ${name}, row)`);
  const rows = connection.query<{ term: string }>('SELECT term FROM temp.terms', {});
  const pages = connection.query<{ term: Uint8Array }>(`SELECT term FROM ${name}_idx`, {});
  connection.close();
  return {
    terms: rows.map(({ term }) => term),
    keys: pages.map(({ term }) => Buffer.from(term).toString()),
  };
}

interface SecretStore extends TestStore {
  readonly folder: string;
  readonly id: number;
  readonly ids: readonly number[];
  readonly vectors: readonly Float32Array[];
}

/** A job that has refused something; gives its id. */
async function refuse(
  { database, collectionId }: TestStore,
  place: string,
  message: string,
): Promise<number> {
  const jobId = await createJob(database, { collectionId, kind: 'INGEST' });
  await addRefusals(database, jobId, [{ code: 'ARGUMENT_INVALID', message, place }]);
  return jobId;
}

async function openWithSecret(): Promise<SecretStore> {
  const folder = temporaryFolder();
  const store = await openReadStore(folder, ...drafts);
  const id = store.ids[40] ?? 0;
  const spans = await readSpans(
    store.database,
    Array.from({ length: 200 }, (_, i) => i + 1),
  );
  const ofSecret = [...spans.values()].filter(({ documentId }) => documentId === id);
  const meanings = await openDictionaryExtractor().encodeMeanings([secret.toLowerCase()]);
  const form = ofSecret.find(({ text }) => text === secret)?.surfaceFormId ?? 0;
  const vectors = meanings.slice(0, 1);
  await store.database.writer.write('putMeanings', {
    ids: [form],
    vectors: { numbers: Float32Array.from(vectors[0] ?? []), ends: Uint32Array.of(24) },
  });
  const span = { documentId: id, start: secretText.indexOf('Mrs'), end: secretText.length - 1 };
  const said = { typeId: 1, reviewer: 'Reviewer', note: 'as told by Quaxton' };
  await addMention(store.database, { ...span, ...said });
  const query = { entityTypeId: 1, limit: 10, maxChars: 100 };
  const examples = await standingExamples(store.database, query);
  await updateEntityType(store.database, 1, { examples });
  await refuse(store, 'quaxton.txt:7', 'It must be text, but got: "Mrs Quaxton".');
  // Another version waits, and another text was there before.
  await putDocuments(
    store.database,
    [
      {
        text: `A newer text of Quaxton`,
        externalId: 'secret-id-4711',
        dropped: [{ reason: 'ATTACHMENT', at: 0, chars: 0, bytes: 9, text: 'Quaxton.pdf' }],
        pageStarts: [0, 17, 19],
      },
    ],
    { collectionId: store.collectionId, priority: 'bulk' },
  );
  return { ...store, folder, id, vectors };
}

describe('purgeDocuments', () => {
  it('leaves nothing of a document in any file, text or vector', async () => {
    const store = await openWithSecret();
    const { folder, id, vectors } = store;
    const before = filesHolding(folder, [...canaries, ...vectors]);
    const beforeVectors = filesHolding(folder, vectors);
    let rewritten = 0;

    const purged = await purgeDocuments(store.database, [id, 999, id], async () => {
      rewritten += 1;
    });

    expect(purged).toEqual([id]);
    expect(before.length).toBeGreaterThan(0);
    expect(beforeVectors.length).toBeGreaterThan(0);
    expect(rewritten).toBe(1);
    expect(filesHolding(folder, [...canaries, ...vectors])).toEqual([]);
    expect((await findDocuments(store.database, [id])).size).toBe(0);
    expect(await countRows(store, 'documents')).toBe(drafts.length - 1);
    await closeStore(store);
    expect(filesHolding(folder, [...canaries, ...vectors])).toEqual([]);
    expect(isWhole(withReader(folder, verifyDatabase))).toBe(true);
  });

  it('leaves no trigram of it in the text index', async () => {
    const store = await openWithSecret();
    const { folder } = store;

    await purgeDocuments(store.database, [store.id], async () => undefined);
    await closeStore(store);

    const { terms: trigrams } = textIndexOf(folder, 'surface_forms_text');
    expect(trigrams).toContain('asp');
    expect(trigrams.filter((term) => secret.toLowerCase().includes(term))).toEqual([]);
  });

  it('leaves no word of it in the full-text index', async () => {
    const store = await openWithSecret();
    const { folder } = store;

    await purgeDocuments(store.database, [store.id], async () => undefined);
    await closeStore(store);

    const { terms, keys } = textIndexOf(folder, 'documents_text');
    expect(terms).toContain('aspirin');
    for (const word of ['quaxton', 'zyxwvutsr', 'mrs', 'title']) {
      expect(terms).not.toContain(word);
      expect(keys.filter((key) => key.length > 1 && word.startsWith(key))).toEqual([]);
    }
  });

  it('takes its examples from types, which are new versions then', async () => {
    const { database, id } = await openWithSecret();
    const before = await findEntityType(database, 1);
    const byHand = { text: 'Tea', start: 0, end: 3, isPositive: true };
    const both = await updateEntityType(database, 1, {
      examples: [byHand, ...(before?.examples ?? [])],
    });

    await purgeDocuments(database, [id], async () => undefined);

    expect(before?.examples).toMatchObject([
      { text: 'The secret of Mrs Quaxton.', start: 14, end: 25, isPositive: true, documentId: id },
    ]);
    expect(await findEntityType(database, 1)).toMatchObject({
      examples: [byHand],
      version: (both?.version ?? 0) + 1,
      vector: null,
    });
  });

  it('leaves no example where none of those that stay is positive', async () => {
    const { database, id } = await openWithSecret();
    const type = await findEntityType(database, 1);
    const negative = { text: 'Tea', start: 0, end: 3, isPositive: false };
    await updateEntityType(database, 1, { examples: [negative, ...(type?.examples ?? [])] });

    await purgeDocuments(database, [id], async () => undefined);

    expect(await findEntityType(database, 1)).toMatchObject({ examples: [] });
  });

  it('leaves of what its collection has refused the codes, and all of what others have', async () => {
    const store = await openWithSecret();
    const { database, id } = store;
    const here = await refuse(store, 'here.txt', 'said here');
    const elsewhere = await ensureCollection(database, 'elsewhere', []);
    const there = await refuse({ database, collectionId: elsewhere }, 'there.txt', 'said there');

    await purgeDocuments(database, [id], async () => undefined);

    const kept = [here, there].map((job) => refusalsOf(database, job, { first: 9 }));
    expect((await Promise.all(kept)).flat()).toMatchObject([
      { code: 'ARGUMENT_INVALID', place: null, message: expect.stringContaining('Removed') },
      { code: 'ARGUMENT_INVALID', place: 'there.txt', message: 'said there' },
    ]);
  });

  it('remembers it as a hash, in the database and beside it', async () => {
    const store = await openWithSecret();

    await purgeDocuments(store.database, [store.id], async () => undefined);

    const [row] = await store.database.reader.query<object>('SELECT * FROM purges', {});
    expect(row).toMatchObject({
      kind: 'EXTERNAL_ID',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      is_erased: 1,
    });
    const { hash } = row as { hash: string };
    expect(filesHolding(store.folder, [hash]).map((path) => path.split('/').at(-1))).toContain(
      'purges.json',
    );
  });

  it('does nothing for documents that there are not', async () => {
    const store = await openWithSecret();

    const purged = await purgeDocuments(store.database, [999], () =>
      Promise.reject(new Error('There was nothing to rewrite.')),
    );

    expect(purged).toEqual([]);
  });

  it('says so when another program keeps reading, and is gone on with at the next start', async () => {
    const store = await openWithSecret();
    const { folder, id } = store;
    const path = databaseFile(folder);
    const other = new SqlConnection({ folder, path, readonly: true });
    other.execute('BEGIN');
    other.query('SELECT count(*) FROM documents', {});

    const purge = purgeDocuments(store.database, [id], async () => undefined);

    await expect(purge).rejects.toMatchObject({ code: 'STORAGE_BUSY', kind: 'unavailable' });
    other.close();
    await closeStore(store);
    await closeStore(await openStore(folder, dictionaryModel.id));
    expect(filesHolding(folder, canaries)).toEqual([]);
  }, 90_000);

  it('says of no other purge that it is done', async () => {
    const store = await openWithSecret();
    const { database, id, ids } = store;

    await purgeDocuments(database, [id], async () => {
      await database.writer.write('purgeRows', [ids[0] ?? 0]);
    });

    const sql = 'SELECT is_erased AS isErased FROM purges ORDER BY is_erased';
    expect(await database.reader.query(sql, {})).toEqual([{ isErased: 0 }, { isErased: 1 }]);
  });

  it('is gone on with at the next start when it was interrupted', async () => {
    const store = await openWithSecret();
    const { folder, id, vectors } = store;
    const interrupted = purgeDocuments(store.database, [id], () =>
      Promise.reject(new Error('The power went.')),
    );
    await expect(interrupted).rejects.toThrow('The power went.');
    await closeStore(store);
    writeFileSync(join(folder, 'meaning.hnsw.previous'), vectors[0] ?? new Float32Array());
    const between = filesHolding(folder, vectors);

    await closeStore(await openStore(folder, dictionaryModel.id));

    expect(between).toHaveLength(1);
    expect(filesHolding(folder, [...canaries, ...vectors])).toEqual([]);
  });
});

describe('purgeOffline', () => {
  it('leaves nothing in what programs that were killed have left', async () => {
    const { folder, id, vectors, ...store } = await openWithSecret();
    await closeStore(store);
    mkdirSync(join(folder, 'uploads', 'request'), { recursive: true });
    for (const name of ['restoring.sqlite', 'restoring.sqlite-wal', 'uploads/request/secret.txt'])
      writeFileSync(join(folder, name), secretText);

    const purged = withWriter(folder, (writer) => purgeOffline(writer, folder, [id]));

    expect(purged).toEqual([id]);
    expect(filesHolding(folder, [...canaries, ...vectors])).toEqual([]);
  });
});

describe('openDatabase', () => {
  it('removes what a restore and an upload that were killed have left', async () => {
    const folder = temporaryFolder();
    const leftovers = ['restoring.sqlite', 'restoring.sqlite-shm', 'uploads'].map((name) =>
      join(folder, name),
    );
    for (const path of leftovers.slice(0, 2)) writeFileSync(path, secret);
    mkdirSync(leftovers[2] ?? '');

    await openStore(folder);

    expect(leftovers.filter((path) => existsSync(path))).toEqual([]);
  });
});
