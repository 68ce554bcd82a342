/** Jobs: begun, found, listed, and how they get on. */
import type { Database } from './database.ts';
import type { JobRecord, JobRow, NewJob, Refusal, Rerun } from './job-records.ts';
import { toJobRecord } from './job-records.ts';
import type { Page, PageRequest } from './records.ts';
import { pageOf } from './records.ts';

/** Begins a job that is open for documents. */
export const createJob = ({ writer }: Database, job: NewJob): Promise<number> =>
  writer.write('createJob', job);

/** Says that no more documents come. */
export const closeJob = ({ writer }: Database, id: number): Promise<void> =>
  writer.write('closeJob', id);

/** Counts what a job refused and keeps the first 1,000 of it. */
export const addRefusals = (
  { writer }: Database,
  jobId: number,
  refusals: readonly Refusal[],
): Promise<void> => writer.write('addRefusals', { jobId, refusals });

/** Has documents read again, as a new job; gives its id. */
export const rerunDocuments = ({ writer }: Database, rerun: Rerun): Promise<number> =>
  writer.write('rerunDocuments', rerun);

/** Pauses, resumes or cancels a job. Returns false when there is none. */
export const changeJob = (
  { writer }: Database,
  id: number,
  change: 'pauseJob' | 'resumeJob' | 'cancelJob',
): Promise<boolean> => writer.write(change, id);

/** The jobs with these ids that exist, by id. */
export async function findJobs(
  { reader }: Database,
  ids: readonly number[],
): Promise<Map<number, JobRecord>> {
  const rows = await reader.all<JobRow>('findJobs', { ids: JSON.stringify(ids) });
  return new Map(rows.map((row) => [row.id, toJobRecord(row)]));
}

/** The job, if there is one. */
export const findJob = async (database: Database, id: number): Promise<JobRecord | undefined> =>
  (await findJobs(database, [id])).get(id);

/** A page of a collection's jobs, newest first: those before the id `after`. */
export async function listJobs(
  { reader }: Database,
  collectionId: number,
  { first, after }: PageRequest,
): Promise<Page<JobRecord>> {
  const bindings = { collectionId, before: after ?? null, limit: first + 1 };
  const rows = await reader.all<JobRow>('listJobs', bindings);
  return pageOf(rows.map(toJobRecord), first);
}

/** How many jobs a collection has had. */
export async function countJobs({ reader }: Database, collectionId: number): Promise<number> {
  return (await reader.get<{ count: number }>('countJobs', { collectionId }))?.count ?? 0;
}

/** The rate is that of so long. Units: milliseconds. */
const rateWindowMs = 30_000;

/** How fast a job gets on, and how long it will take. */
export interface JobSpeed {
  readonly documentsPerSecond: number;
  /** Null when nothing is known: nothing was read lately, or more documents may come. */
  readonly secondsLeft: number | null;
}

/** The speed of a job over its last 30 seconds. */
export async function speedOf(
  { reader }: Database,
  { id, state, isOpen, createdAt, documents }: JobRecord,
): Promise<JobSpeed> {
  if (state === 'DONE' || state === 'CANCELLED') return { documentsPerSecond: 0, secondsLeft: 0 };
  const now = Date.now();
  const since = Math.max(now - rateWindowMs, createdAt.getTime());
  const row = await reader.get<{ count: number }>('endedSince', { id, since });
  const documentsPerSecond = (1_000 * (row?.count ?? 0)) / Math.max(now - since, 1);
  const left = documents.queued + documents.running;
  const isKnown = documentsPerSecond > 0 && !isOpen && state === 'RUNNING';
  return { documentsPerSecond, secondsLeft: isKnown ? left / documentsPerSecond : null };
}

/** A document that a job could not read. */
export interface FailedDocument {
  readonly documentId: number;
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
  /** Units: milliseconds since 1970. */
  readonly at: number;
}

/** The first documents that a job could not read, with their errors. */
export const failedDocuments = (
  { reader }: Database,
  id: number,
  { first, after }: PageRequest,
): Promise<FailedDocument[]> =>
  reader.all('failedDocuments', { id, after: after ?? 0, limit: first });

/** What a job refused, with its place among the refusals. */
export interface KeptRefusal extends Refusal {
  readonly id: number;
  /** Units: milliseconds since 1970. */
  readonly at: number;
}

/** The first things that a job refused. */
export const refusalsOf = (
  { reader }: Database,
  id: number,
  { first, after }: PageRequest,
): Promise<KeptRefusal[]> => reader.all('refusals', { id, after: after ?? 0, limit: first });
