/** Jobs as the store hands them out: what was asked for at once, and what became of it. */
import type { ErrorCode } from '../core/errors.ts';

/** Taking documents in, or reading them again. */
export type JobKind = 'INGEST' | 'RERUN';

/**
 * Where a job stands. RUNNING: documents are read, or still come. DONE: all have been read or given
 * up.
 */
export type JobState = 'RUNNING' | 'PAUSED' | 'CANCELLED' | 'DONE';

/** A job. */
export interface JobRecord {
  readonly id: number;
  readonly collectionId: number;
  readonly kind: JobKind;
  readonly state: JobState;
  /** True while more documents may come. */
  readonly isOpen: boolean;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  /** What became of the drafts. */
  readonly drafts: {
    readonly created: number;
    readonly replaced: number;
    readonly retried: number;
    readonly unchanged: number;
    readonly refused: number;
  };
  /** The documents that it waits or waited for, by how they stand. */
  readonly documents: {
    readonly queued: number;
    readonly running: number;
    readonly done: number;
    readonly failed: number;
    readonly cancelled: number;
  };
}

/** A new job. */
export interface NewJob {
  readonly collectionId: number;
  readonly kind: JobKind;
}

/** A draft or file that did not become a document. */
export interface Refusal {
  /** Where it was. */
  readonly place?: string | undefined;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Which documents to read again: given up; not yet read by the model in use; or all, for one type. */
export type RerunFilter =
  | { readonly kind: 'FAILED' | 'OLDER_MODEL' }
  | { readonly kind: 'TYPE'; readonly typeId: number };

/** What to read again. */
export interface Rerun {
  readonly collectionId: number;
  readonly which: RerunFilter;
}

/** A row of `findJobs` and `listJobs`. */
export interface JobRow {
  readonly id: number;
  readonly collectionId: number;
  readonly kind: JobKind;
  readonly isOpen: 0 | 1;
  readonly isPaused: 0 | 1;
  readonly createdAt: number;
  readonly cancelledAt: number | null;
  readonly finishedAt: number | null;
  readonly created: number;
  readonly replaced: number;
  readonly retried: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly pending: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
}

function stateOf({ cancelledAt, pending, isOpen, isPaused }: JobRow): JobState {
  if (cancelledAt !== null) return 'CANCELLED';
  if (pending === 0 && isOpen === 0) return 'DONE';
  return isPaused === 1 ? 'PAUSED' : 'RUNNING';
}

/** The record of a row. */
export function toJobRecord(row: JobRow): JobRecord {
  const { created, replaced, retried, unchanged, refused } = row;
  const { pending, running, done, failed, cancelled } = row;
  return {
    id: row.id,
    collectionId: row.collectionId,
    kind: row.kind,
    state: stateOf(row),
    isOpen: row.isOpen === 1,
    createdAt: new Date(row.createdAt),
    finishedAt: row.finishedAt === null ? null : new Date(row.finishedAt),
    drafts: { created, replaced, retried, unchanged, refused },
    documents: { queued: Math.max(0, pending - running), running, done, failed, cancelled },
  };
}
