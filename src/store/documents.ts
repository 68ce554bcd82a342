/**
 * Documents: given, known again, replaced, listed and deleted.
 *
 * A document is known by its external id or else by its text. The same again is the same document;
 * another text under the same external id replaces it, with everything read of the old text, in the
 * transaction that stores what was read of the new one: until then the old one can be searched.
 */
import type { Database } from './database.ts';
import { toDocumentRecord, withoutText } from './document-rows.ts';
import type { DocumentDraft, PutOptions, PutResult } from './drafts.ts';
import {
  type DocumentRecord,
  type DocumentState,
  type Page,
  type PageRequest,
  pageOf,
} from './records.ts';

export type { DocumentDraft, PutOptions, PutResult } from './drafts.ts';

/** Which documents to list. */
export interface DocumentFilter {
  readonly collectionId: number;
  readonly states?: readonly DocumentState[] | undefined;
}

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

/** A page of a collection's documents, oldest first. */
export async function listDocuments(
  { prisma }: Database,
  { collectionId, states }: DocumentFilter,
  { first, after }: PageRequest,
): Promise<Page<DocumentRecord>> {
  const rows = await prisma.document.findMany({
    where: {
      collectionId,
      id: { gt: after ?? 0 },
      ...(states === undefined ? {} : { state: { in: [...states] } }),
    },
    orderBy: { id: 'asc' },
    take: first + 1,
    select: withoutText,
  });
  return pageOf(rows.map(toDocumentRecord), first);
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

/** Sums over the documents of a collection that were read. */
export interface CoverageTotals {
  readonly characters: number;
  readonly words: number;
  readonly charactersRead: number;
  readonly tokens: number;
  readonly unknownTokens: number;
  readonly droppedParts: number;
}

/** How much of a collection was read. */
export async function totalCoverage(
  { reader }: Database,
  collectionId: number,
): Promise<CoverageTotals> {
  const totals = await reader.get<CoverageTotals>('coverageTotals', { collectionId });
  return totals as CoverageTotals;
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
