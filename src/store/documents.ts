/**
 * Documents: given, known again, replaced, listed and deleted.
 *
 * A document is known by its external id or else by its text. The same again is the same document;
 * another text under the same external id replaces it, with everything read of the old text, in the
 * transaction that stores what was read of the new one: until then the old one can be searched.
 */
import { createBinder } from './binder.ts';
import type { Database } from './database.ts';
import {
  type DocumentFilter,
  documentConditions,
  fewDocuments,
  isNarrowing,
} from './document-filter.ts';
import { toDocumentRecord, withoutText } from './document-rows.ts';
import type { DocumentDraft, PutOptions, PutResult } from './drafts.ts';
import type { DocumentRecord, DocumentState, Page, PageRequest } from './records.ts';

export type { DocumentDraft, PutOptions, PutResult } from './drafts.ts';

/** Documents written in one transaction: other writes get their turn between two. */
const draftsAtOnce = 50;

/**
 * Takes documents in, in the order given; they are QUEUED unless they are known. When it returns they
 * survive a crash.
 *
 * Throws: TEXT_NOT_UNICODE (check drafts one by one before); STORAGE_FULL: some of the drafts may be
 *         in then, each whole, and giving all of them again is harmless.
 * Cost:   about 0.1 ms a document and one write to disk per 50.
 */
export async function putDocuments(
  { writer }: Database,
  drafts: readonly DocumentDraft[],
  { collectionId, priority, jobId }: PutOptions,
): Promise<PutResult[]> {
  const options = { collectionId, priority, jobId };
  const results: PutResult[] = [];
  for (let first = 0; first < drafts.length; first += draftsAtOnce) {
    const part = drafts.slice(first, first + draftsAtOnce);
    results.push(...(await writer.write('putDocuments', { drafts: part, options })));
  }
  return results;
}

/** The documents with these ids that exist, by id. */
export async function findDocuments(
  { prisma }: Database,
  ids: readonly number[],
): Promise<Map<number, DocumentRecord>> {
  const rows = await prisma.document.findMany({
    where: { id: { in: [...ids] } },
    select: withoutText,
  });
  return new Map(rows.map((row) => [row.id, toDocumentRecord(row)]));
}

/** The texts of the documents with these ids that exist, by id. */
export async function readTexts(
  { reader }: Database,
  ids: readonly number[],
): Promise<Map<number, string>> {
  const texts = new Map<number, string>();
  for (const id of new Set(ids)) {
    const row = await reader.get<{ text: string }>('documentText', { id });
    if (row) texts.set(id, row.text);
  }
  return texts;
}

/** The next documents that pass, oldest first. */
async function nextDocuments(
  { reader }: Database,
  filter: DocumentFilter,
  { first, after = 0 }: PageRequest,
): Promise<readonly number[]> {
  const few = isNarrowing(filter) ? await fewDocuments(reader, filter) : null;
  if (few) {
    return few
      .filter((id) => id > after)
      .sort((a, b) => a - b)
      .slice(0, first + 1);
  }
  const binder = createBinder();
  const conditions = [...documentConditions(filter, binder), `d.id > ${binder.bind(after)}`];
  const sql = `SELECT d.id AS id FROM documents d WHERE ${conditions.join(' AND ')}
    ORDER BY d.id LIMIT ${binder.bind(first + 1)}`;
  const rows = await reader.query<{ id: number }>(sql, binder.bindings);
  return rows.map(({ id }) => id);
}

/** A page of the documents that pass the filter, oldest first. */
export async function listDocuments(
  database: Database,
  filter: DocumentFilter,
  page: PageRequest,
): Promise<Page<DocumentRecord>> {
  const ids = await nextDocuments(database, filter, page);
  const rows = await findDocuments(database, ids.slice(0, page.first));
  const present = ids.flatMap((id) => rows.get(id) ?? []);
  return { rows: present, hasNext: ids.length > page.first };
}

/** How many documents pass the filter. Cost: looks at all of a collection. */
export async function countPassing({ reader }: Database, filter: DocumentFilter): Promise<number> {
  const binder = createBinder();
  const conditions = ['TRUE', ...documentConditions(filter, binder)].join(' AND ');
  const sql = `SELECT count(*) AS count FROM documents d WHERE ${conditions}`;
  const [row] = await reader.query<{ count: number }>(sql, binder.bindings);
  return row?.count ?? 0;
}

/** How many documents of a collection are in each state. */
export async function countDocuments(
  { reader }: Database,
  collectionId: number,
): Promise<Record<DocumentState, number>> {
  const counts = { QUEUED: 0, RUNNING: 0, DONE: 0, FAILED: 0 };
  const rows = await reader.all<{ state: DocumentState; count: number }>('documentCounts', {
    collectionId,
  });
  for (const { state, count } of rows) counts[state] = count;
  return counts;
}

/**
 * Deletes documents with all that was read of them, each in a transaction of its own, and tells the
 * indexes through the log.
 *
 * Returns the ids that existed.
 */
export async function deleteDocuments(
  { writer }: Database,
  ids: readonly number[],
): Promise<number[]> {
  const deleted: number[] = [];
  for (const id of ids) {
    if (await writer.write('deleteDocument', id)) deleted.push(id);
  }
  return deleted;
}
