import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { dropsOfCollection, totalCoverage } from '../../../src/store/coverage.ts';
import { findDocuments, readTexts } from '../../../src/store/documents.ts';
import { searchFullText } from '../../../src/store/full-text.ts';
import { loggedVectors } from '../../../src/store/index-log.ts';
import { databaseFile, withReader } from '../../../src/store/maintenance.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import { readMigrations } from '../../../src/store/migrate.ts';
import { pageStartsOfDocuments } from '../../../src/store/page-starts.ts';
import { verifyDatabase } from '../../../src/store/verify/verify.ts';
import { importVocabulary } from '../../../src/store/vocabularies.ts';
import { dictionaryModel } from '../../support/dictionary-extractor.ts';
import { closeStore, countRows, openStore, putDrafts } from '../../support/store/open-store.ts';
import { readWithDictionary } from '../../support/store/read-documents.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const dumps = fileURLToPath(new URL('../../fixtures/schemas/', import.meta.url));

/** Schemas of released versions, by the last migration they have; each has the same documents. */
const released = readdirSync(dumps);

/** A data folder as that version has left it. */
function folderOf(dump: string): string {
  const folder = temporaryFolder();
  const database = new Sqlite(databaseFile(folder));
  // As the tables are, their rows come in any order.
  database.pragma('foreign_keys = OFF');
  database.exec(readFileSync(`${dumps}${dump}`, 'utf8'));
  database.close();
  return folder;
}

describe('openDatabase, of a data folder that an earlier version has left', () => {
  it('is tested with every released schema', () => {
    const first = readMigrations()[0]?.name;

    expect(released).toContain(`${first}.sql`);
  });

  it.each(released)('keeps everything of %s, whole', async (dump) => {
    const folder = folderOf(dump);

    const store = await openStore(folder, dictionaryModel.id);

    const { database, collectionId } = store;
    const faults = withReader(folder, verifyDatabase).flatMap((check) => check.faults);
    expect(faults).toEqual([]);
    const documents = [...(await findDocuments(database, [1, 2, 3, 4, 5])).values()];
    expect(documents.map(({ id, state, externalId }) => [id, state, externalId])).toEqual([
      [1, 'DONE', 'doc:1'],
      [2, 'DONE', null],
      [3, 'DONE', 'doc:3'],
      [5, 'FAILED', null],
    ]);
    expect(documents[0]).toMatchObject({
      title: 'First',
      metadata: { year: 1899, tags: ['a', null] },
    });
    const texts = await readTexts(database, [3]);
    expect(texts.get(3)).toBe('👩‍🔬 الأسبرين and lithium toxicity, tremor\u0007!');
    const { rows } = await listMentions(database, {}, { first: 100 });
    expect(rows).toHaveLength(10);
    expect(rows.every(({ statedConcept }) => statedConcept === null)).toBe(true);
    expect(await countRows(store, 'spans')).toBe(10);
    const found = await listMentions(database, { text: { contains: 'ASPIR' } }, { first: 10 });
    expect(found.rows.map(({ documentId }) => documentId)).toEqual([1, 2]);
    const query = { kind: 'PHRASE', words: 'lithium toxicity', isPrefix: false } as const;
    const page = { first: 10, shown: [] };
    const hits = await searchFullText(database, { query, collectionId }, page);
    expect(hits.rows.map(({ id }) => id)).toEqual([3]);
    const sum = (name: 'characters' | 'tokens') =>
      documents.reduce((total, { coverage }) => total + coverage[name], 0);
    expect(await totalCoverage(database, collectionId)).toMatchObject({
      characters: sum('characters'),
      tokens: sum('tokens'),
      droppedParts: 1,
      windows: await countRows(store, 'windows'),
    });
    expect(await dropsOfCollection(database, collectionId)).toEqual([
      { reason: 'CONTROL_CHARACTER', parts: 1, characters: 1, bytes: 0 },
    ]);
  });

  it.each(released)('can be worked with, and is the same at the next start: %s', async (dump) => {
    const folder = folderOf(dump);
    const store = await openStore(folder, dictionaryModel.id);

    const pageStarts = [0, 7];
    const next = { text: 'Tremor and coffee', externalId: 'doc:1', pageStarts };
    await putDrafts(store, next, { text: 'aspirin' });
    await readWithDictionary(store);
    const { rows } = await listMentions(store.database, {}, { first: 100 });
    await closeStore(store);

    expect(rows.map(({ text }) => text)).toContain('Tremor');
    const again = await openStore(folder, dictionaryModel.id);
    expect(await pageStartsOfDocuments(again.database, [1, 2])).toEqual(new Map([[1, pageStarts]]));
    expect((await listMentions(again.database, {}, { first: 100 })).rows).toEqual(rows);
    const changes = await loggedVectors(again.database, 'TYPE').changesAfter(0, 1_000);
    const live = new Set<number>();
    for (const { id, vector } of changes ?? []) {
      if (vector) live.add(id);
      else live.delete(id);
    }
    expect(live.size).toBe(await countRows(again, 'spans'));
    expect(withReader(folder, verifyDatabase).flatMap((check) => check.faults)).toEqual([]);
  });

  it.each(released)('can have vocabularies, for the mentions of before: %s', async (dump) => {
    const store = await openStore(folderOf(dump), dictionaryModel.id);
    const { database, collectionId } = store;
    const names = [{ form: 'aspirin', concept: 0, method: 'NAME' }] as const;
    const concepts = [{ id: 'D1', name: 'Aspirin' }];

    await importVocabulary(database, { collectionId, name: 'v', typeIds: null, concepts, names });

    expect(await countRows(store, 'unlinked_documents')).toBe(3);
    expect(await countRows(store, 'mention_concepts')).toBe(0);
  });
});
