/**
 * Statements about collections and jobs: what was asked for at once. Counts are kept by the triggers of the
 * migration that made the tables.
 */
import { isReadWhole } from './whole-reading.ts';

const jobColumns = `j.id, j.collection_id AS collectionId, j.kind, j.is_open AS isOpen,
  j.is_paused AS isPaused, j.created_at AS createdAt, j.cancelled_at AS cancelledAt,
  j.finished_at AS finishedAt, j.created, j.replaced, j.retried, j.unchanged, j.refused,
  j.pending, j.done, j.failed, j.cancelled,
  (SELECT count(*) FROM documents d WHERE d.state = 'RUNNING' AND EXISTS (
    SELECT 1 FROM job_documents r WHERE r.job_id = j.id AND r.document_id = d.id
    AND r.state = 'PENDING')) AS running`;

const pendingOf = `id IN (SELECT document_id FROM job_documents
  WHERE job_id = :id AND state = 'PENDING')`;

const given = `id IN (SELECT value FROM json_each(:ids))`;

/** Jobs that wait for a document. */
const waiting = `SELECT 1 FROM job_documents o JOIN jobs j ON j.id = o.job_id
  WHERE o.document_id = documents.id AND o.state = 'PENDING'`;

// Held documents have priority -1: nobody claims them.
const hold = `UPDATE documents SET priority = -1 WHERE ${pendingOf}`;

export const jobStatements = {
  findCollection: `SELECT id FROM collections WHERE name = :name`,
  insertCollection: `INSERT INTO collections (name, created_at) VALUES (:name, :now)`,

  insertJob: `INSERT INTO jobs (collection_id, kind, created_at) VALUES (:collectionId, :kind, :now)`,
  joinJob: `INSERT INTO job_documents (job_id, document_id, state) VALUES (:jobId, :id, 'PENDING')
    ON CONFLICT (job_id, document_id) DO UPDATE SET state = 'PENDING', error_code = NULL,
    error_message = NULL, attempts = 0, ended_at = NULL WHERE state <> 'PENDING'`,
  isWaiting: `SELECT 1 FROM documents WHERE id = :id AND state IN ('QUEUED', 'RUNNING')`,
  countOutcome: `UPDATE jobs SET created = created + (:outcome = 'CREATED'),
    replaced = replaced + (:outcome = 'REPLACED'), retried = retried + (:outcome = 'RETRIED'),
    unchanged = unchanged + (:outcome = 'UNCHANGED') WHERE id = :jobId`,
  addRefusal: `INSERT INTO job_refusals (job_id, place, error_code, error_message, created_at)
    SELECT :jobId, :place, :code, :message, :now FROM jobs WHERE id = :jobId AND refused < :most`,
  countRefusal: `UPDATE jobs SET refused = refused + 1 WHERE id = :jobId`,
  closeJob: `UPDATE jobs SET is_open = 0,
    finished_at = iif(pending = 0, coalesce(finished_at, :now), finished_at) WHERE id = :id`,
  openJobs: `SELECT id FROM jobs WHERE is_open = 1`,
  findJobs: `SELECT ${jobColumns} FROM jobs j WHERE j.id IN (SELECT value FROM json_each(:ids))`,
  listJobs: `SELECT ${jobColumns} FROM jobs j
    WHERE j.collection_id = :collectionId AND (:before IS NULL OR j.id < :before)
    ORDER BY j.id DESC LIMIT :limit`,
  countJobs: `SELECT count(*) AS count FROM jobs WHERE collection_id = :collectionId`,
  endedSince: `SELECT count(*) AS count FROM job_documents
    WHERE job_id = :id AND ended_at > :since`,
  failedDocuments: `SELECT document_id AS documentId, error_code AS code, error_message AS message,
    attempts, ended_at AS at FROM job_documents WHERE job_id = :id AND state = 'FAILED'
    AND document_id > :after ORDER BY document_id LIMIT :limit`,
  refusals: `SELECT id, place, error_code AS code, error_message AS message, created_at AS at
    FROM job_refusals WHERE job_id = :id AND id > :after ORDER BY id LIMIT :limit`,

  // Only when every job that waits for it is paused, as below.
  holdDocument: `UPDATE documents SET priority = -1 WHERE id = :id AND EXISTS (${waiting})
    AND NOT EXISTS (${waiting} AND j.is_paused = 0)`,
  markPaused: `UPDATE jobs SET is_paused = :paused WHERE id = :id`,
  holdDocuments: `${hold} AND NOT EXISTS (${waiting} AND j.is_paused = 0)`,
  // Run while the job that is cancelled still waits for them.
  holdShared: `${hold} AND EXISTS (${waiting} AND j.id <> :id)
    AND NOT EXISTS (${waiting} AND j.id <> :id AND j.is_paused = 0)`,
  releaseDocuments: `UPDATE documents SET priority = max(priority, 0) WHERE ${pendingOf}`,

  cancelJob: `UPDATE jobs SET cancelled_at = :now, finished_at = :now, is_open = 0, is_paused = 0
    WHERE id = :id`,
  onlyWaitedForBy: `SELECT r.document_id AS id FROM job_documents r
    WHERE r.job_id = :id AND r.state = 'PENDING' AND NOT EXISTS (SELECT 1 FROM job_documents o
    WHERE o.document_id = r.document_id AND o.state = 'PENDING' AND o.job_id <> r.job_id)`,
  dropReplacements: `DELETE FROM document_replacements WHERE document_id IN (
    SELECT id FROM documents WHERE state = 'QUEUED' AND ${given})`,
  cancelReadBefore: `UPDATE documents SET state = 'DONE', priority = 0, attempts = 0,
    available_at = 0, error_code = NULL, error_message = NULL, types_revision = -1
    WHERE state IN ('QUEUED', 'DONE') AND ${isReadWhole} AND ${given}`,
  // What is queued still must be read anyway: by another model, or because of what was found damaged.
  cancelReadByOther: `UPDATE documents SET priority = max(priority, 0), attempts = 0,
    available_at = 0, error_code = NULL, error_message = NULL
    WHERE state = 'QUEUED' AND read_at IS NOT NULL AND ${given}`,
  rememberTypes: `UPDATE document_types SET version = -version WHERE version < 0
    AND document_id IN (SELECT value FROM json_each(:ids))`,
  cancelUnread: `UPDATE documents SET state = 'FAILED', priority = 0, updated_at = :now,
    error_code = :code, error_message = :message
    WHERE state = 'QUEUED' AND read_at IS NULL AND ${given}`,
  releaseRunning: `UPDATE documents SET priority = max(priority, 0)
    WHERE state = 'RUNNING' AND ${given}`,
  cancelPending: `UPDATE job_documents SET state = 'CANCELLED', ended_at = :now
    WHERE job_id = :id AND state = 'PENDING'`,

  // Reading again
  joinFailed: `INSERT INTO job_documents (job_id, document_id, state)
    SELECT :jobId, id, 'PENDING' FROM documents
    WHERE collection_id = :collectionId AND state = 'FAILED'`,
  joinOlderModel: `INSERT INTO job_documents (job_id, document_id, state)
    SELECT :jobId, id, 'PENDING' FROM documents WHERE collection_id = :collectionId
    AND state <> 'DONE' AND read_at < (SELECT changed_at FROM model WHERE id = 1)`,
  joinRead: `INSERT INTO job_documents (job_id, document_id, state)
    SELECT :jobId, id, 'PENDING' FROM documents
    WHERE collection_id = :collectionId AND state = 'DONE'`,
  queueFailedOfJob: `UPDATE documents SET state = 'QUEUED', priority = 0, queued_at = :now,
    available_at = 0, attempts = 0, lease_token = NULL, lease_until = NULL, error_code = NULL,
    error_message = NULL, types_revision = -1, updated_at = :now
    WHERE state = 'FAILED' AND ${pendingOf}`,
  rescoreDocumentsOfJob: `UPDATE documents SET types_revision = -1, attempts = 0, available_at = 0,
    lease_token = NULL, lease_until = NULL, error_code = NULL, error_message = NULL
    WHERE state = 'DONE' AND ${pendingOf}`,
  // A version below zero is one that was scored and is asked for again.
  forgetTypeOfJob: `UPDATE document_types SET version = -version WHERE entity_type_id = :typeId
    AND version > 0 AND document_id IN (SELECT document_id FROM job_documents WHERE job_id = :id)`,
} as const;
