/**
 * Jobs: what was asked for at once, followed and steered as one. The documents' rows are the work, so
 * a job goes on after a restart.
 */
import { type AppError, appError } from '../core/errors.ts';
import type { Database } from '../store/database.ts';
import {
  addRefusals,
  changeJob,
  closeJob,
  createJob,
  findJob,
  rerunDocuments,
} from '../store/ingest-jobs.ts';
import type { JobRecord, Rerun } from '../store/job-records.ts';
import type { Changes } from './changes.ts';

/** What jobs need. */
export interface JobsParts {
  readonly database: Database;
  readonly changes: Changes;
  /** Called when there may be something to read. */
  readonly wake: () => void;
}

/** A refusal and where it was: a path and line, or a number in a request. */
export interface PlacedRefusal {
  readonly error: AppError;
  readonly place?: string | undefined;
}

/** The jobs of a database. */
export class Jobs {
  readonly #parts: JobsParts;

  constructor(parts: JobsParts) {
    this.#parts = parts;
  }

  /** Begins an ingestion that is open for documents; gives its id. */
  begin(collectionId: number): Promise<number> {
    return createJob(this.#parts.database, { collectionId, kind: 'INGEST' });
  }

  /** Notes what did not become a document. */
  async refused(id: number, refusals: readonly PlacedRefusal[]): Promise<void> {
    if (refusals.length === 0) return;
    const rows = refusals.map(({ error: { code, message }, place }) => ({ code, message, place }));
    await addRefusals(this.#parts.database, id, rows);
    this.#parts.changes.jobsMoved();
  }

  /** Says that no more documents come. */
  async end(id: number): Promise<JobRecord> {
    await closeJob(this.#parts.database, id);
    this.#parts.changes.jobsMoved();
    return this.#find(id);
  }

  /** Holds what is not yet being read. Throws: JOB_UNKNOWN, JOB_ENDED. */
  pause(id: number): Promise<JobRecord> {
    return this.#change(id, 'pauseJob');
  }

  /** Goes on after a pause. Throws: JOB_UNKNOWN, JOB_ENDED. */
  resume(id: number): Promise<JobRecord> {
    return this.#change(id, 'resumeJob');
  }

  /** Gives up what is not yet being read. Throws: JOB_UNKNOWN, JOB_ENDED. */
  cancel(id: number): Promise<JobRecord> {
    return this.#change(id, 'cancelJob');
  }

  /** Has documents read again, as a new job. */
  async rerun(rerun: Rerun): Promise<JobRecord> {
    const id = await rerunDocuments(this.#parts.database, rerun);
    this.#parts.changes.jobsMoved();
    this.#parts.wake();
    return this.#find(id);
  }

  async #change(id: number, change: 'pauseJob' | 'resumeJob' | 'cancelJob'): Promise<JobRecord> {
    const { state } = await this.#find(id);
    if (state === 'DONE' || state === 'CANCELLED') {
      throw appError('JOB_ENDED', { id: String(id), state });
    }
    await changeJob(this.#parts.database, id, change);
    this.#parts.changes.jobsMoved();
    this.#parts.wake();
    return this.#find(id);
  }

  async #find(id: number): Promise<JobRecord> {
    const job = await findJob(this.#parts.database, id);
    if (!job) throw appError('JOB_UNKNOWN', { id: String(id) });
    return job;
  }
}
