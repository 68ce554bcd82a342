/**
 * Taking documents in and reading them in the background: what the API and the command line use.
 */
import { AppError } from '../core/errors.ts';
import type { Extractor } from '../ner/extractor.ts';
import { ensureCollection } from '../store/collections.ts';
import type { Database } from '../store/database.ts';
import {
  type DocumentDraft,
  deleteDocuments,
  findDocuments,
  type PutResult,
  putDocuments,
} from '../store/documents.ts';
import { listEntityTypes } from '../store/entity-types.ts';
import { purgeDocuments } from '../store/purge.ts';
import type { DocumentState } from '../store/records.ts';
import type { Logger } from '../telemetry/logger.ts';
import { Changes } from './changes.ts';
import { checkCollectionName, checkDraft } from './check-draft.ts';
import { Jobs } from './jobs.ts';
import { Ledgers } from './ledgers.ts';
import { type CollectionPreview, type PreviewQuery, previewType } from './preview-type.ts';
import { hasMentions, TypeRoom } from './type-room.ts';
import { Worker } from './worker.ts';

/** What taking in and reading need. */
export interface IngestParts {
  readonly database: Database;
  readonly collectionId: number;
  readonly extractor: Extractor;
  readonly logger: Logger;
  /** Longest text. Units: UTF-16 code units. */
  readonly maxTextChars: number;
  /** Documents are read together up to this length. Units: UTF-16 code units. */
  readonly batchChars: number;
}

/** Where drafts go. */
export interface AcceptTarget {
  /** Default: that of the ingest. */
  readonly collectionId?: number | undefined;
  /** The job that they are of. */
  readonly jobId?: number | undefined;
}

const isOver = (state: DocumentState | 'DELETED' | undefined): boolean =>
  state !== 'QUEUED' && state !== 'RUNNING';

/** Documents on their way in. */
export class Ingest {
  readonly changes = new Changes();
  readonly jobs: Jobs;
  readonly #parts: IngestParts;
  readonly #worker: Worker;
  readonly #ledgers: Ledgers | null;

  constructor(parts: IngestParts) {
    this.#parts = parts;
    const { database, extractor } = parts;
    this.#ledgers = extractor.head && new Ledgers(database, extractor.head);
    this.#worker = new Worker({ ...parts, changes: this.changes, ledgers: this.#ledgers });
    this.jobs = new Jobs({
      database: parts.database,
      changes: this.changes,
      wake: () => this.#worker.wake(),
    });
  }

  /**
   * Takes documents in, each by itself: one result a draft, in order, and the error of a refused one
   * (TEXT_EMPTY, TEXT_TOO_LONG, TEXT_NOT_UNICODE, ARGUMENT_INVALID) in its place. What was taken in
   * survives a crash.
   *
   * Throws: STORAGE_FULL; JOB_CANCELLED.
   */
  async accept(
    drafts: readonly DocumentDraft[],
    priority: 'interactive' | 'bulk',
    { collectionId = this.#parts.collectionId, jobId }: AcceptTarget = {},
  ): Promise<readonly (PutResult | AppError)[]> {
    const { database } = this.#parts;
    const present = drafts.some(hasMentions) ? await listEntityTypes(database, collectionId) : [];
    const room = new TypeRoom(present);
    const errors = drafts.map((draft) => this.#refusal(draft, room));
    const good = drafts.filter((_, i) => errors[i] === null);
    const stored = await putDocuments(database, good, { collectionId, priority, jobId });
    const news = stored.filter(({ outcome }) => outcome !== 'UNCHANGED');
    for (const { id } of news) this.changes.documentChanged({ id, state: 'QUEUED' });
    this.#worker.wake();
    const next = stored.values();
    return errors.map((error) => error ?? (next.next().value as PutResult));
  }

  /**
   * The id of the collection of this name; a new one begins with the types that the model was trained
   * on.
   *
   * Throws: ARGUMENT_INVALID.
   */
  async collection(name: string | null | undefined): Promise<number> {
    const { database, collectionId, extractor } = this.#parts;
    if (name === null || name === undefined) return collectionId;
    checkCollectionName(name);
    return ensureCollection(database, name, extractor.model.types);
  }

  /** Waits until none of the documents is queued or being read, at most so long. */
  async settled(ids: readonly number[], timeoutMs: number): Promise<void> {
    const pending = new Set(ids);
    if (pending.size === 0) return;
    const { promise, resolve } = withResolver();
    const settle = (id: number): void => {
      pending.delete(id);
      if (pending.size === 0) resolve();
    };
    const stopListening = this.changes.onDocument(({ id, state }) => {
      if (isOver(state)) settle(id);
    });
    // Whoever stopped waiting is not kept from ending.
    const timer = setTimeout(resolve, timeoutMs).unref();
    try {
      const documents = await findDocuments(this.#parts.database, ids);
      for (const id of ids) if (isOver(documents.get(id)?.state)) settle(id);
      await promise;
    } finally {
      clearTimeout(timer);
      stopListening();
    }
  }

  /** Deletes documents with all that was read of them; gives the ids of those that there were. */
  async remove(ids: readonly number[]): Promise<number[]> {
    const deleted = await deleteDocuments(this.#parts.database, ids);
    for (const id of deleted) this.changes.documentChanged({ id, state: 'DELETED' });
    return deleted;
  }

  /**
   * Deletes documents so that no file holds anything of them any more; `rewriteIndexes` does that for
   * the files of the indexes. Gives the ids of those that there were.
   *
   * Throws: STORAGE_BUSY, STORAGE_FULL: the documents are gone then, and the rest is done at the next
   *         start.
   */
  async purge(ids: readonly number[], rewriteIndexes: () => Promise<void>): Promise<number[]> {
    const purged = await purgeDocuments(this.#parts.database, ids, rewriteIndexes);
    for (const id of purged) this.changes.documentChanged({ id, state: 'DELETED' });
    return purged;
  }

  /** Says that entity types were made, changed or deleted: documents may lack some now. */
  typesChanged(ids: readonly number[]): void {
    this.changes.typesMoved(ids);
    this.#worker.wake();
  }

  /**
   * What a type would find; nothing is stored.
   *
   * Throws: LEDGER_MISSING.
   */
  preview(query: PreviewQuery): Promise<CollectionPreview> {
    return previewType({ ...this.#parts, ledgers: this.#ledgers }, query);
  }

  /** Says that people have added mentions: their surface forms may lack a meaning vector. */
  mentionsAdded(): void {
    this.#worker.wake();
  }

  /** Gives every stored surface form its meaning vector; forms wait for that while many documents do. */
  encodeForms(): Promise<void> {
    return this.#worker.encodeForms();
  }

  /** Stops reading; done when what is in hand is stored or given back. */
  async close(): Promise<void> {
    await this.#worker.close();
    await this.#ledgers?.close();
    this.changes.close();
  }

  #refusal(draft: DocumentDraft, room: TypeRoom): AppError | null {
    try {
      checkDraft(draft, this.#parts.maxTextChars);
      if (hasMentions(draft)) room.take(draft);
      return null;
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
