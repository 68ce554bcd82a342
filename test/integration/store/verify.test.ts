import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { SqlConnection } from '../../../src/store/connection.ts';
import { putDocuments } from '../../../src/store/documents.ts';
import { changeJob, createJob } from '../../../src/store/ingest-jobs.ts';
import { databaseFile, withReader, withWriter } from '../../../src/store/maintenance.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import { addMention, reviewMentions } from '../../../src/store/reviews.ts';
import { formsToEncode, putMeanings } from '../../../src/store/vectors.ts';
import type { Check } from '../../../src/store/verify/fault.ts';
import { repairFolder } from '../../../src/store/verify/repair-folder.ts';
import { isWhole, verifyDatabase } from '../../../src/store/verify/verify.ts';
import { importVocabulary, putProposals } from '../../../src/store/vocabularies.ts';
import { dictionaryModel, openDictionaryExtractor } from '../../support/dictionary-extractor.ts';
import { closeStore, openStore } from '../../support/store/open-store.ts';
import {
  openReadStore,
  readWithDictionary,
  someDrafts,
} from '../../support/store/read-documents.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder = '';

beforeEach(async () => {
  folder = temporaryFolder();
  const store = await openReadStore(folder, ...someDrafts);
  const { database, collectionId } = store;
  const who = { reviewer: 'Ada', note: null, expectedCount: null };
  const accept = { collectionId, mentionIds: [1], decision: { kind: 'ACCEPT' } } as const;
  await reviewMentions(database, { ...accept, ...who });
  const added = { documentId: 3, start: 19, end: 23, typeId: 1, reviewer: 'Ada', note: null };
  await addMention(database, added);
  const names = [{ form: 'aspirin', concept: 0, method: 'NAME' }] as const;
  const concepts = [{ id: 'D1', name: 'Aspirin' }];
  for (const name of ['own', 'other'])
    await importVocabulary(database, { collectionId, name, typeIds: [1], concepts, names });
  const aspirins = await listMentions(database, { text: { equals: 'aspirin' } }, { first: 1 });
  const mentionId = aspirins.rows[0]?.id ?? 0;
  const link = { mentionId, conceptId: 1, matchedBy: 'NAME', similarity: 1 } as const;
  await putProposals(database, [{ id: 1, revision: 1, links: [link] }]);
  await closeStore(store);
  await readMentions();
});

const verify = (): Check[] => withReader(folder, verifyDatabase);

const found = (checks: readonly Check[]) =>
  checks.flatMap(({ name, faults }) => faults.map(({ table, what }) => [name, table, what]));

/** Does what no statement of the program does. */
function damage(sql: string, bindings = {}): void {
  const connection = new SqlConnection({ folder, path: databaseFile(folder), readonly: false });
  connection.execute('PRAGMA foreign_keys = OFF');
  connection.change(sql, bindings);
  connection.close();
}

/** The mentions after everything that waits has been read. */
async function readMentions(): Promise<unknown[][]> {
  const store = await openStore(folder, dictionaryModel.id);
  await readWithDictionary(store);
  const forms = await formsToEncode(store.database, 100);
  const vectors = await openDictionaryExtractor().encodeMeanings(forms.map(({ text }) => text));
  await putMeanings(
    store.database,
    forms.map(({ id }, i) => ({ id, vector: vectors[i] ?? new Float32Array() })),
  );
  const { rows } = await listMentions(store.database, {}, { first: 100 });
  await closeStore(store);
  return rows
    .map(({ documentId, start, end, type, source }) => [documentId, start, end, type, source])
    .sort();
}

function reviewsWithoutVerdicts(): number {
  const sql = `SELECT count(*) AS count FROM reviews r
    WHERE NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.review_id = r.id)`;
  return withReader(folder, (reader) => reader.query<{ count: number }>(sql, {})[0]?.count ?? 0);
}

function writeAt(path: string, bytes: Buffer, position: number): void {
  const handle = openSync(path, 'r+');
  writeSync(handle, bytes, 0, bytes.length, position);
  closeSync(handle);
}

/** Names of the checks that found something; damage that keeps SQLite from reading at all is one. */
function namesOf(look: () => unknown[][]): unknown[] {
  try {
    return look().map(([name]) => name);
  } catch (error) {
    return (error as { code?: string }).code === 'STORAGE_INVALID' ? ['DATABASE'] : [];
  }
}

describe('verifyDatabase', () => {
  it('finds nothing wrong with what the program wrote, and says what it looked at', () => {
    const checks = verify();

    expect(found(checks)).toEqual([]);
    expect(isWhole(checks)).toBe(true);
    expect(checks.map(({ name }) => name)).toEqual([
      'DATABASE',
      'FOREIGN_KEYS',
      'TEXTS',
      'PAGES',
      'MENTIONS',
      'REVIEWS',
      'VECTORS',
      'LEDGERS',
      'SUMS',
      'TEXT_INDEX',
      'FULL_TEXT',
      'PLACES',
      'METADATA',
      'CONCEPTS',
    ]);
    for (const { checked } of checks) expect(checked).toBeGreaterThan(0);
  });

  it('finds pages that were overwritten', () => {
    const path = databaseFile(folder);
    const connection = new SqlConnection({ folder, path, readonly: false });
    const pageBytes = Number(connection.pragma('page_size'));
    const [index] = connection.query<{ root: number }>(
      `SELECT rootpage AS root FROM sqlite_schema WHERE name = 'mentions_document_id_id_idx'`,
      {},
    );
    connection.close();
    writeAt(path, randomBytes(pageBytes), ((index?.root ?? 1) - 1) * pageBytes);

    const look = () => found(verify());

    expect(namesOf(look)).toContain('DATABASE');
  });
});

const isNotImported = (mention: readonly unknown[]): boolean => mention[4] !== 'IMPORT';

const badBlob = (change: (numbers: Float32Array) => void): Uint8Array => {
  const numbers = new Float32Array(32).fill(Math.sqrt(1 / 32));
  change(numbers);
  return new Uint8Array(numbers.buffer);
};

describe('repairFolder', () => {
  it.each<[string, string, object, unknown[]]>([
    [
      'a page behind the text',
      `UPDATE document_pages SET starts = '[0,44,45]'`,
      {},
      ['PAGES', 'document_pages', 'has pages that its text cannot have'],
    ],
    [
      'pages that are none',
      `UPDATE document_pages SET starts = '[0,'`,
      {},
      ['PAGES', 'document_pages', 'has pages that its text cannot have'],
    ],
    [
      'pages of a document that is not there',
      `INSERT INTO document_pages VALUES (99, '[0]')`,
      {},
      ['FOREIGN_KEYS', 'document_pages', 'refers to a row of documents that is not there'],
    ],
    [
      'a mention elsewhere in the text',
      'UPDATE spans SET start = start + 1, "end" = "end" + 1 WHERE id = 2',
      {},
      ['MENTIONS', 'spans', 'is not what its text says there'],
    ],
    [
      'a mention after the text',
      'UPDATE spans SET "end" = 10000 WHERE id = 1',
      {},
      ['MENTIONS', 'spans', 'is not within its text'],
    ],
    [
      'a surface form of another string',
      'UPDATE spans SET surface_form_id = 2 WHERE id = 1',
      {},
      ['MENTIONS', 'spans', 'has the surface form of another string'],
    ],
    [
      'a mention of another document',
      'UPDATE mentions SET document_id = 2 WHERE id = 1',
      {},
      ['MENTIONS', 'spans', 'has a mention of another document'],
    ],
    [
      'a span that was left',
      'DELETE FROM mentions WHERE id = 1',
      {},
      ['MENTIONS', 'spans', 'has no mention'],
    ],
    [
      'a vector with a number that is not finite',
      'UPDATE spans SET type_vector = :vector WHERE id = 1',
      { vector: badBlob((numbers) => numbers.fill(Number.NaN, 3, 4)) },
      ['VECTORS', 'spans', 'has a vector with a number that is not finite'],
    ],
    [
      'a vector of another length',
      'UPDATE spans SET type_vector = :vector WHERE id = 1',
      { vector: badBlob((numbers) => numbers.fill(1)) },
      ['VECTORS', 'spans', 'has a vector that is not of length 1'],
    ],
    [
      'a vector of fewer numbers',
      'UPDATE surface_forms SET meaning_vector = :vector WHERE id = 1',
      { vector: new Uint8Array(8).fill(63) },
      ['VECTORS', 'surface_forms', 'has a vector of another length than others'],
    ],
    [
      'half a number',
      'UPDATE entity_types SET vector = :vector WHERE id = 1',
      { vector: new Uint8Array(3) },
      ['VECTORS', 'entity_types', 'has a vector that is none'],
    ],
    [
      'a threshold vector of zeros',
      'UPDATE windows SET threshold_vector = zeroblob(128) WHERE document_id = 2 AND position = 0',
      {},
      ['VECTORS', 'windows', 'has a vector that is not of length 1'],
    ],
    [
      'a document that is DONE and has no threshold vector',
      'UPDATE windows SET threshold_vector = NULL WHERE document_id = 2',
      {},
      ['VECTORS', 'windows', 'has no vector, and its document is DONE'],
    ],
    [
      'a mention that is not as it was reviewed',
      `UPDATE mentions SET state = 'REJECTED' WHERE id = 1`,
      {},
      ['REVIEWS', 'documents', 'has other mentions than its reviews say'],
    ],
    [
      'a mention that a person added and that is lost',
      `DELETE FROM mentions WHERE source = 'HUMAN'`,
      {},
      ['REVIEWS', 'documents', 'has other mentions than its reviews say'],
    ],
    [
      'a verdict about other words',
      `UPDATE verdicts SET surface = 'remedy' WHERE id = 1`,
      {},
      ['REVIEWS', 'verdicts', 'is not what its text says there'],
    ],
    [
      'a review that has lost what it said',
      'DELETE FROM verdicts WHERE review_id = 1',
      {},
      ['REVIEWS', 'reviews', 'is about nothing'],
    ],
    [
      'a verdict about a document that is not there',
      'UPDATE verdicts SET document_id = 99 WHERE id = 1',
      {},
      ['FOREIGN_KEYS', 'verdicts', 'refers to a row of documents that is not there'],
    ],
    [
      'a sum that is wrong',
      'UPDATE collection_totals SET characters = characters + 1',
      {},
      ['SUMS', 'collection_totals', 'differs from the documents that are DONE'],
    ],
    [
      'a sum of words that is wrong',
      'UPDATE collections SET words = words + 1',
      {},
      ['SUMS', 'collections', 'differs from the words and windows of its documents'],
    ],
    [
      'a sum of windows that is wrong',
      'UPDATE collections SET windows = windows - 1',
      {},
      ['SUMS', 'collections', 'differs from the words and windows of its documents'],
    ],
    [
      'a reason that a document did not drop anything for',
      `INSERT INTO document_drops VALUES (2, 'ATTACHMENT', 1, 1, 0, 1)`,
      {},
      ['SUMS', 'document_drops', 'differs from what the document has dropped as ATTACHMENT'],
    ],
    [
      'a sum of dropped parts that is wrong',
      'UPDATE collection_drops SET parts = parts + 1',
      {},
      [
        'SUMS',
        'collection_drops',
        'differs from what its documents have dropped as CONTROL_CHARACTER',
      ],
    ],
    [
      'a sum of dropped parts that is lost',
      'DELETE FROM collection_drops',
      {},
      ['SUMS', 'collection_drops', 'differs from what its documents have dropped as ATTACHMENT'],
    ],
    [
      'a form that the text index has lost',
      `INSERT INTO surface_forms_text (surface_forms_text, rowid, text)
       SELECT 'delete', id, text FROM surface_forms WHERE id = 1`,
      {},
      ['TEXT_INDEX', 'surface_forms', 'is not found by its text'],
    ],
    [
      'a document that the full-text index has lost',
      `INSERT INTO documents_text (documents_text, rowid, title, text)
       SELECT 'delete', id, title, text FROM documents WHERE id = 1`,
      {},
      ['FULL_TEXT', 'documents', 'is not found by its words'],
    ],
    [
      'other words of a document in the full-text index',
      `INSERT INTO documents_text (documents_text, rowid, title, text)
       VALUES ('delete', 1, NULL, 'Aspirin for a')`,
      {},
      ['FULL_TEXT', 'documents', 'is not found by its words'],
    ],
    [
      'words of no document in the full-text index',
      `INSERT INTO documents_text (rowid, title, text) VALUES (99, NULL, 'of nobody')`,
      {},
      ['FULL_TEXT', 'documents_text', 'is of a document that is not there'],
    ],
    [
      'a mention that is counted elsewhere',
      'UPDATE mention_places SET sentence = sentence + 1 WHERE id = 1',
      {},
      ['PLACES', 'mention_places', 'is not where its mention is'],
    ],
    [
      'a mention that is not counted',
      'DELETE FROM mention_places WHERE id = 1',
      {},
      ['PLACES', 'mention_places', 'is not where its mention is'],
    ],
    [
      'metadata that filters would not find',
      'UPDATE document_metadata SET number = 1900',
      {},
      ['METADATA', 'document_metadata', 'differs from the metadata of the document'],
    ],
    [
      'a proposal of a vocabulary for other types',
      'UPDATE vocabulary_types SET entity_type_id = 2',
      {},
      ['CONCEPTS', 'mention_concepts', 'is of a vocabulary that is not for its mention'],
    ],
    [
      'a name of the concept of another vocabulary',
      'UPDATE concept_names SET concept_id = 3 - concept_id',
      {},
      ['CONCEPTS', 'concept_names', 'is of another vocabulary than its concept'],
    ],
    [
      'a vector of a name that is not of length 1',
      'UPDATE concept_names SET meaning_vector = :vector WHERE id = 1',
      { vector: badBlob((numbers) => numbers.fill(1)) },
      ['VECTORS', 'concept_names', 'has a vector that is not of length 1'],
    ],
    [
      'a mention without its span',
      'DELETE FROM spans WHERE id = 1',
      {},
      ['FOREIGN_KEYS', 'mentions', 'refers to a row of spans that is not there'],
    ],
  ])('finds %s and mends it', async (_, sql, bindings, expected) => {
    const before = await readMentions();
    damage(sql, bindings);

    const faults = found(verify());
    const left = withWriter(folder, (writer) => repairFolder(writer, folder, () => undefined));

    expect(faults).toContainEqual(expected);
    expect(found(left)).toEqual([]);
    const after = await readMentions();
    expect(reviewsWithoutVerdicts()).toBe(0);
    // What came with a document and was lost cannot be read again.
    expect(after.filter(isNotImported)).toEqual(before.filter(isNotImported));
    expect(found(verify())).toEqual([]);
  });

  it('has a document read again whatever is cancelled meanwhile', async () => {
    const before = await readMentions();
    damage('UPDATE spans SET start = start + 1, "end" = "end" + 1 WHERE id = 2');
    withWriter(folder, (writer) => repairFolder(writer, folder, () => undefined));
    const { database, collectionId } = await openStore(folder, dictionaryModel.id);
    const jobId = await createJob(database, { collectionId, kind: 'INGEST' });
    await putDocuments(database, someDrafts, { collectionId, jobId, priority: 'bulk' });

    await changeJob(database, jobId, 'cancelJob');

    await database.close();
    expect((await readMentions()).filter(isNotImported)).toEqual(before.filter(isNotImported));
  });

  it('says that a text of another hash cannot be mended', () => {
    damage(`UPDATE documents SET text = replace(text, 'Aspirin', 'aspirin') WHERE id = 1`);

    const left = withWriter(folder, (writer) => repairFolder(writer, folder, () => undefined));

    expect(found(left)).toEqual([['TEXTS', 'documents', 'has a text of another hash']]);
  });

  it('removes the files of the indexes', () => {
    writeFileSync(join(folder, 'type.hnsw.previous'), 'x');

    withWriter(folder, (writer) => repairFolder(writer, folder, () => undefined));

    expect(existsSync(join(folder, 'type.hnsw.previous'))).toBe(false);
  });
});
