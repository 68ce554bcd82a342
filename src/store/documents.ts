/**
 * Documents: given, known again, replaced, listed and deleted.
 *
 * A document is known by its external id or else by its text. The same again is the same document;
 * another text under the same external id replaces it, and everything read of the old text goes in
 * the same transaction.
 */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { appError } from '../core/errors.ts';
import type { Database } from './database.ts';
import { toDocumentRecord, withoutText } from './document-rows.ts';
import { removeReading } from './reading.ts';
import {
  type DocumentRecord,
  type DocumentState,
  type Page,
  type PageRequest,
  pageOf,
} from './records.ts';

/** A document as it is given. */
export interface DocumentDraft {
  readonly text: string;
  readonly externalId?: string | undefined;
  readonly title?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** Where drafts go. */
export interface PutOptions {
  readonly collectionId: number;
  /** 'interactive' when somebody waits for the answer: claimed before bulk. */
  readonly priority: 'interactive' | 'bulk';
}

/**
 * What became of a draft: new; known already; known, and tried again after a failure; or another text
 * for a known external id.
 */
export type PutOutcome = 'CREATED' | 'UNCHANGED' | 'RETRIED' | 'REPLACED';

/** The document of a draft. */
export interface PutResult {
  readonly id: number;
  readonly outcome: PutOutcome;
}

/** Which documents to list. */
export interface DocumentFilter {
  readonly collectionId: number;
  readonly states?: readonly DocumentState[] | undefined;
}

interface KnownDocument {
  readonly id: number;
  readonly textHash: string;
  readonly state: DocumentState;
}

/** Documents written in one transaction: other work gets its turn between two. */
const draftsAtOnce = 50;

const loneSurrogate = /\p{Surrogate}/u;

function hashOf(text: string): string {
  const offset = text.search(loneSurrogate);
  // SQLite keeps UTF-8, which has no lone surrogates: the text would come back changed.
  if (offset >= 0) throw appError('TEXT_NOT_UNICODE', { offset });
  return createHash('sha256').update(text).digest('hex');
}

function insert({ writer }: Database, draft: DocumentDraft, values: PutValues): PutResult {
  const { textHash, collectionId, priority, now } = values;
  const { lastId } = writer.run('insertDocument', {
    collectionId,
    externalId: draft.externalId ?? null,
    textHash,
    title: draft.title ?? null,
    metadata: draft.metadata === undefined ? null : JSON.stringify(draft.metadata),
    priority,
    now,
    text: draft.text,
  });
  return { id: lastId, outcome: 'CREATED' };
}

interface PutValues {
  readonly textHash: string;
  readonly collectionId: number;
  readonly priority: number;
  readonly now: number;
}

function update(
  { writer }: Database,
  known: KnownDocument,
  { draft, values }: { draft: DocumentDraft; values: PutValues },
): PutResult {
  const { id } = known;
  const { textHash, priority, now } = values;
  writer.run('describeDocument', {
    id,
    title: draft.title ?? null,
    metadata: draft.metadata === undefined ? null : JSON.stringify(draft.metadata),
    now,
  });
  if (known.textHash !== textHash) {
    removeReading(writer, id);
    writer.run('replaceText', { id, text: draft.text, textHash, now });
    writer.run('queueDocument', { id, priority, now });
    return { id, outcome: 'REPLACED' };
  }
  if (known.state === 'FAILED') {
    writer.run('queueDocument', { id, priority, now });
    return { id, outcome: 'RETRIED' };
  }
  writer.run('raisePriority', { id, priority });
  return { id, outcome: 'UNCHANGED' };
}

function put(database: Database, draft: DocumentDraft, options: PutOptions): PutResult {
  const { collectionId } = options;
  const textHash = hashOf(draft.text);
  const known =
    draft.externalId === undefined
      ? database.writer.get<KnownDocument>('findByText', { collectionId, textHash })
      : database.writer.get<KnownDocument>('findByExternalId', {
          collectionId,
          externalId: draft.externalId,
        });
  const priority = options.priority === 'interactive' ? 1 : 0;
  const values = { textHash, collectionId, priority, now: Date.now() };
  return known ? update(database, known, { draft, values }) : insert(database, draft, values);
}

/**
 * Takes documents in, in the order given; they are QUEUED unless they are known. When it returns they
 * survive a crash.
 *
 * Throws: TEXT_NOT_UNICODE (check drafts one by one before); STORAGE_FULL: some of the drafts may be
 *         in then, each whole, and giving all of them again is harmless.
 * Cost:   about 0.1 ms a document and one write to disk per 50.
 */
export async function putDocuments(
  database: Database,
  drafts: readonly DocumentDraft[],
  options: PutOptions,
): Promise<PutResult[]> {
  const results: PutResult[] = [];
  for (let first = 0; first < drafts.length; first += draftsAtOnce) {
    const part = drafts.slice(first, first + draftsAtOnce);
    results.push(
      ...database.writer.transaction(() => part.map((draft) => put(database, draft, options))),
    );
    await nextTurn();
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
    const row = reader.get<{ text: string }>('documentText', { id });
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
  const rows = reader.all<{ state: DocumentState; count: number }>('documentCounts', {
    collectionId,
  });
  for (const { state, count } of rows) counts[state] = count;
  return counts;
}

/** Sums over the documents of a collection that were read. */
export interface CoverageTotals {
  readonly characters: number;
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
  return reader.get<CoverageTotals>('coverageTotals', { collectionId }) as CoverageTotals;
}

/**
 * Deletes documents with all that was read of them, each in a transaction of its own, and tells the
 * indexes through the log.
 *
 * Returns the ids that existed.
 */
export async function deleteDocuments(
  database: Database,
  ids: readonly number[],
): Promise<number[]> {
  const deleted: number[] = [];
  for (const id of ids) {
    const { changes } = database.writer.transaction(() => {
      removeReading(database.writer, id);
      return database.writer.run('deleteDocument', { id });
    });
    if (changes > 0) deleted.push(id);
    await nextTurn();
  }
  return deleted;
}
