/**
 * Documents taken in. A document is known by its external id or else by its text. Another text under a
 * known external id waits until it has been read, unless what is there was never read either.
 */
import { createHash } from 'node:crypto';
import { appError } from '../../core/errors.ts';
import type { SqlConnection } from '../connection.ts';
import type { DocumentDraft, PutOptions, PutResult } from '../drafts.ts';
import type { DocumentState } from '../records.ts';
import { printFileDrops, putFileDrops } from './file-drops.ts';
import { createTypesOf, putImportedMentions } from './imported-mentions.ts';
import { joinJob } from './ingest-jobs.ts';
import { printPageStarts, putPageStarts } from './page-starts.ts';
import { removeReading } from './reading.ts';
import { putSentences } from './sentences.ts';
import { applyVerdicts, carryVerdicts } from './verdicts.ts';

interface KnownDocument {
  readonly id: number;
  /** Of the text that was given last. */
  readonly textHash: string;
  /** Of the text that is there; another one while a replacement waits. */
  readonly presentHash: string;
  readonly isReplaced: 0 | 1;
  readonly isRead: 0 | 1;
  readonly state: DocumentState;
}

interface PutValues {
  readonly textHash: string;
  readonly collectionId: number;
  readonly priority: number;
  readonly now: number;
  readonly title: string | null;
  readonly metadata: string | null;
  /** What the file holds beside the text; null for nothing. */
  readonly drops: string | null;
  /** Where the pages begin; null for a text without pages. */
  readonly pageStarts: string | null;
}

/** A draft for a document that is known. */
interface KnownDraft {
  readonly known: KnownDocument;
  readonly draft: DocumentDraft;
  readonly values: PutValues;
}

const loneSurrogate = /\p{Surrogate}/u;

function hashOf(text: string): string {
  const offset = text.search(loneSurrogate);
  // SQLite keeps UTF-8, which has no lone surrogates: the text would come back changed.
  if (offset >= 0) throw appError('TEXT_NOT_UNICODE', { offset });
  return createHash('sha256').update(text).digest('hex');
}

function importMentions(writer: SqlConnection, documentId: number, draft: DocumentDraft): void {
  const { text, mentions } = draft;
  if (mentions) putImportedMentions(writer, { documentId, text, mentions });
}

function insert(writer: SqlConnection, draft: DocumentDraft, values: PutValues): PutResult {
  const externalId = draft.externalId ?? null;
  const { lastId: id } = writer.run('insertDocument', { ...values, externalId, text: draft.text });
  putSentences(writer, id, draft.text);
  putFileDrops(writer, id, values.drops);
  putPageStarts(writer, id, values.pageStarts);
  importMentions(writer, id, draft);
  return { id, outcome: 'CREATED' };
}

/** Lets a text wait until it has been read; what is there can be searched until then. */
function replaceLater(writer: SqlConnection, { known, draft, values }: KnownDraft): PutResult {
  const { id } = known;
  const { collectionId, priority, now, ...kept } = values;
  const mentions = draft.mentions ? JSON.stringify(draft.mentions) : null;
  createTypesOf(writer, collectionId, draft.mentions ?? []);
  writer.run('putReplacement', { id, mentions, now, text: draft.text, ...kept });
  writer.run('queueDocument', { id, priority, now });
  return { id, outcome: 'REPLACED' };
}

/** Puts a text in the place of one that was never read. */
function replaceNow(writer: SqlConnection, { known, draft, values }: KnownDraft): PutResult {
  const { id } = known;
  const { textHash, title, metadata, priority, now } = values;
  carryVerdicts(writer, { documentId: id, to: { text: draft.text, textHash } });
  removeReading(writer, id);
  writer.run('replaceText', { id, text: draft.text, textHash, now });
  putSentences(writer, id, draft.text);
  writer.run('describeDocument', { id, title, metadata, now });
  putFileDrops(writer, id, values.drops);
  putPageStarts(writer, id, values.pageStarts);
  writer.run('queueDocument', { id, priority, now });
  importMentions(writer, id, draft);
  applyVerdicts(writer, id);
  return { id, outcome: 'REPLACED' };
}

/** Takes a replacement back: its document was given again as it is there. */
function keepPresent(writer: SqlConnection, known: KnownDraft): PutResult {
  const { id } = known.known;
  const { priority, now } = known.values;
  writer.run('deleteReplacement', { id });
  // What was read of it may be another model's, or damaged.
  const { changes } = writer.run('restoreReading', { id });
  if (changes === 0) writer.run('queueDocument', { id, priority, now });
  return describe(writer, known);
}

/** Takes over what may change without a text being read again. */
function describe(writer: SqlConnection, { known, draft, values }: KnownDraft): PutResult {
  const { id } = known;
  const { title, metadata, now } = values;
  writer.run('describeDocument', { id, title, metadata, now });
  if (draft.dropped) putFileDrops(writer, id, values.drops);
  if (draft.pageStarts) putPageStarts(writer, id, values.pageStarts);
  importMentions(writer, id, draft);
  return { id, outcome: 'UNCHANGED' };
}

/** Takes over what may change of a version that waits. */
function describeReplacement(
  writer: SqlConnection,
  { known, draft, values }: KnownDraft,
): PutResult {
  const { id } = known;
  const { collectionId, title, metadata, drops, pageStarts } = values;
  const mentions = draft.mentions ? JSON.stringify(draft.mentions) : null;
  createTypesOf(writer, collectionId, draft.mentions ?? []);
  const has = { hasDrops: draft.dropped ? 1 : 0, hasPages: draft.pageStarts ? 1 : 0 };
  const row = { id, title, metadata, mentions, drops, pageStarts, ...has };
  writer.run('describeReplacement', row);
  return { id, outcome: 'UNCHANGED' };
}

function update(writer: SqlConnection, given: KnownDraft): PutResult {
  const { known, values } = given;
  const { textHash, priority, now } = values;
  const { id } = known;
  if (known.textHash !== textHash) {
    if (known.isReplaced && known.presentHash === textHash) return keepPresent(writer, given);
    return known.isRead ? replaceLater(writer, given) : replaceNow(writer, given);
  }
  const result = known.isReplaced ? describeReplacement(writer, given) : describe(writer, given);
  if (known.state === 'FAILED') {
    writer.run('queueDocument', { id, priority, now });
    return { id, outcome: 'RETRIED' };
  }
  writer.run('raisePriority', { id, priority });
  return result;
}

function put(writer: SqlConnection, draft: DocumentDraft, options: PutOptions): PutResult {
  const { collectionId, jobId, priority } = options;
  const textHash = hashOf(draft.text);
  const known =
    draft.externalId === undefined
      ? writer.get<KnownDocument>('findByText', { collectionId, textHash })
      : writer.get<KnownDocument>('findByExternalId', {
          collectionId,
          externalId: draft.externalId,
        });
  const values = {
    textHash,
    collectionId,
    priority: priority === 'interactive' ? 1 : 0,
    now: Date.now(),
    title: draft.title ?? null,
    metadata: draft.metadata === undefined ? null : JSON.stringify(draft.metadata),
    drops: printFileDrops(draft.dropped),
    pageStarts: printPageStarts(draft.pageStarts),
  };
  const result = known ? update(writer, { known, draft, values }) : insert(writer, draft, values);
  if (jobId !== undefined) joinJob(writer, jobId, result);
  return result;
}

/** Drafts, and where they go. */
export interface PutDocuments {
  readonly drafts: readonly DocumentDraft[];
  readonly options: PutOptions;
}

/** Takes drafts in: all of them or none. Throws: TEXT_NOT_UNICODE. */
export const putDocuments = (
  writer: SqlConnection,
  { drafts, options }: PutDocuments,
): PutResult[] => writer.transaction(() => drafts.map((draft) => put(writer, draft, options)));
