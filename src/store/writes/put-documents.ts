/**
 * Documents taken in. A document is known by its external id or else by its text.
 */
import { createHash } from 'node:crypto';
import { appError } from '../../core/errors.ts';
import type { SqlConnection } from '../connection.ts';
import type { DocumentDraft, PutOptions, PutResult } from '../drafts.ts';
import type { DocumentState } from '../records.ts';
import { removeReading } from './reading.ts';

interface KnownDocument {
  readonly id: number;
  readonly textHash: string;
  readonly state: DocumentState;
}

const loneSurrogate = /\p{Surrogate}/u;

function hashOf(text: string): string {
  const offset = text.search(loneSurrogate);
  // SQLite keeps UTF-8, which has no lone surrogates: the text would come back changed.
  if (offset >= 0) throw appError('TEXT_NOT_UNICODE', { offset });
  return createHash('sha256').update(text).digest('hex');
}

function insert(writer: SqlConnection, draft: DocumentDraft, values: PutValues): PutResult {
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
  writer: SqlConnection,
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

function put(writer: SqlConnection, draft: DocumentDraft, options: PutOptions): PutResult {
  const { collectionId } = options;
  const textHash = hashOf(draft.text);
  const known =
    draft.externalId === undefined
      ? writer.get<KnownDocument>('findByText', { collectionId, textHash })
      : writer.get<KnownDocument>('findByExternalId', {
          collectionId,
          externalId: draft.externalId,
        });
  const priority = options.priority === 'interactive' ? 1 : 0;
  const values = { textHash, collectionId, priority, now: Date.now() };
  return known ? update(writer, known, { draft, values }) : insert(writer, draft, values);
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
