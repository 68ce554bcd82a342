/**
 * Jobs begun, joined by documents, paused, resumed, cancelled and closed. The documents' rows are the
 * work; a job is who waits for them.
 */
import { appError } from '../../core/errors.ts';
import type { SqlConnection } from '../connection.ts';
import type { PutResult } from '../drafts.ts';
import type { JobRow, NewJob, Refusal, Rerun } from '../job-records.ts';

/** Refusals kept of one job; the others are counted. */
const mostRefusals = 1_000;

const read = (writer: SqlConnection, id: number): JobRow | undefined =>
  writer.get<JobRow>('findJobs', { ids: JSON.stringify([id]) });

/** Begins a job that is open for documents. Returns its id. */
export const createJob = (writer: SqlConnection, { collectionId, kind }: NewJob): number =>
  writer.run('insertJob', { collectionId, kind, now: Date.now() }).lastId;

/**
 * Makes a job wait for a document, unless that has nothing left to be done; a paused one has it held, unless
 * another job waits for it. Inside a transaction of its caller.
 *
 * Throws: JOB_CANCELLED.
 */
export function joinJob(writer: SqlConnection, jobId: number, { id, outcome }: PutResult): void {
  const job = read(writer, jobId);
  if (job?.cancelledAt !== null) throw appError('JOB_CANCELLED', { job: jobId });
  writer.run('countOutcome', { jobId, outcome });
  if (outcome !== 'UNCHANGED' || writer.get('isWaiting', { id }))
    writer.run('joinJob', { jobId, id });
  if (job.isPaused === 1) writer.run('holdDocument', { id });
}

/** What a job refused. */
export interface AddRefusals {
  readonly jobId: number;
  readonly refusals: readonly Refusal[];
}

/** Counts what a job refused and keeps the first of it. */
export const addRefusals = (writer: SqlConnection, { jobId, refusals }: AddRefusals): void =>
  writer.transaction(() => {
    for (const { place, code, message } of refusals) {
      const row = { jobId, place: place ?? null, code, message, now: Date.now() };
      writer.run('addRefusal', { ...row, most: mostRefusals });
      writer.run('countRefusal', { jobId });
    }
  });

/** Says that no more documents come. */
export function closeJob(writer: SqlConnection, id: number): void {
  writer.run('closeJob', { id, now: Date.now() });
}

/** Closes what a process that is gone was still filling, and says so in the job. */
export function closeAbandonedJobs(writer: SqlConnection): void {
  for (const { id } of writer.all<{ id: number }>('openJobs')) {
    const { code, message } = appError('INTERRUPTED', { what: 'taking documents in' });
    addRefusals(writer, { jobId: id, refusals: [{ code, message }] });
    closeJob(writer, id);
  }
}

/**
 * Holds the documents that no other job waits for; those that are being read are finished.
 * Returns false when there is no such job.
 *
 * Cost: one update of each document that waits.
 */
export const pauseJob = (writer: SqlConnection, id: number): boolean =>
  writer.transaction(() => {
    const isThere = writer.run('markPaused', { id, paused: 1 }).changes > 0;
    writer.run('holdDocuments', { id });
    return isThere;
  });

/** Lets go of the documents that a pause held. Returns false when there is no such job. */
export const resumeJob = (writer: SqlConnection, id: number): boolean =>
  writer.transaction(() => {
    const isThere = writer.run('markPaused', { id, paused: 0 }).changes > 0;
    writer.run('releaseDocuments', { id });
    return isThere;
  });

/**
 * Ends a job. What only paused jobs wait for is held. What nobody else waits for is not read: what was
 * read before is as it was before, which is QUEUED still if it has to be read whoever asks; what never
 * was is FAILED with JOB_CANCELLED. What is being read just now is finished.
 */
export const cancelJob = (writer: SqlConnection, id: number): boolean =>
  writer.transaction(() => {
    const now = Date.now();
    const documents = writer.all<{ id: number }>('onlyWaitedForBy', { id });
    const ids = JSON.stringify(documents.map((document) => document.id));
    writer.run('holdShared', { id });
    // Before the others, so that the job counts them as cancelled and not as what becomes of them.
    writer.run('cancelPending', { id, now });
    writer.run('dropReplacements', { ids });
    writer.run('cancelReadBefore', { ids });
    writer.run('cancelReadByOther', { ids });
    writer.run('rememberTypes', { ids });
    const { code, message } = appError('JOB_CANCELLED', { job: id });
    writer.run('cancelUnread', { ids, now, code, message });
    writer.run('releaseRunning', { ids });
    return writer.run('cancelJob', { id, now }).changes > 0;
  });

/** Has documents read again, as a new job. Returns its id. */
export const rerunDocuments = (writer: SqlConnection, { collectionId, which }: Rerun): number =>
  writer.transaction(() => {
    const now = Date.now();
    const id = createJob(writer, { collectionId, kind: 'RERUN' });
    const join = { jobId: id, collectionId };
    if (which.kind === 'TYPE') {
      writer.run('joinRead', join);
      writer.run('forgetTypeOfJob', { id, typeId: which.typeId });
      writer.run('rescoreDocumentsOfJob', { id });
    } else {
      writer.run(which.kind === 'FAILED' ? 'joinFailed' : 'joinOlderModel', join);
      writer.run('queueFailedOfJob', { id, now });
    }
    // A paused job holds some of them, perhaps: now another one waits for these, too.
    writer.run('releaseDocuments', { id });
    closeJob(writer, id);
    return id;
  });
