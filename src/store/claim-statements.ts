/**
 * Statements about the work on documents: handed out under a lease, finished, failed and given back.
 *
 * A document that is in hand while its job is paused has priority -1 like those that are held. What ends the
 * work on it takes that away, since nobody waits for it any more: resuming the job would not find it.
 */
import { longestWaitMs } from './longest-wait.ts';

/** A time that has come, or that only a clock that was put back makes seem far. */
const isOver = (time: string): string => `(${time} <= :now OR ${time} > :now + ${longestWaitMs})`;

const claimable = `${isOver('available_at')} AND (lease_until IS NULL OR ${isOver('lease_until')})`;

/**
 * Ends leases without a result. An attempt that ended so counts: a document that takes its reader down
 * is given up in the end, and one that was read before stays as it is, marked with the error.
 */
const release = `UPDATE documents SET lease_token = NULL, lease_until = NULL,
  updated_at = iif(attempts >= :maxAttempts, :now, updated_at),
  state = iif(state <> 'RUNNING', state, iif(attempts >= :maxAttempts, 'FAILED', 'QUEUED')),
  types_revision = iif(state = 'RUNNING' OR attempts < :maxAttempts, types_revision,
    (SELECT c.types_revision FROM collections c WHERE c.id = collection_id)),
  priority = iif(attempts >= :maxAttempts, max(priority, 0), priority),
  error_code = iif(attempts >= :maxAttempts, :code, error_code),
  error_message = iif(attempts >= :maxAttempts, :message, error_message),
  attempts = iif(state <> 'RUNNING' AND attempts >= :maxAttempts, 0, attempts)`;

export const claimStatements = {
  requeueExpired: `${release} WHERE state = 'RUNNING' AND ${isOver('lease_until')}`,
  claimDocuments: `UPDATE documents SET state = 'RUNNING', attempts = attempts + 1,
    lease_token = :token || '-' || id, lease_until = :leaseUntil WHERE id IN (
      SELECT id FROM documents WHERE state = 'QUEUED' AND ${isOver('available_at')}
      AND priority >= :minPriority
      ORDER BY priority DESC, queued_at, id LIMIT :limit)
    RETURNING id`,
  claimed: `SELECT d.id, d.collection_id AS collectionId,
    iif(:withText, coalesce(r.text, d.text), '') AS text, d.attempts, d.priority,
    d.lease_token AS token, c.types_revision AS typesRevision, c.keeps_ledgers AS keepsLedger
    FROM documents d JOIN collections c ON c.id = d.collection_id
    LEFT JOIN document_replacements r ON r.document_id = d.id
    WHERE d.id IN (SELECT value FROM json_each(:ids)) ORDER BY d.priority DESC, d.queued_at, d.id`,
  rescoreCandidates: `SELECT d.id, d.collection_id AS collectionId,
    c.types_revision AS typesRevision,
    (SELECT length(l.rows) FROM ledgers l WHERE l.document_id = d.id) AS ledgerBytes
    FROM collections c JOIN documents d ON d.collection_id = c.id
    WHERE d.state = 'DONE' AND d.types_revision < c.types_revision AND d.priority >= 0
    AND ${claimable}
    ORDER BY d.id LIMIT :limit`,
  leaseForRescore: `UPDATE documents SET attempts = attempts + 1, lease_token = :token || '-' || id,
    lease_until = :leaseUntil WHERE id = :id`,
  extendLease: `UPDATE documents SET lease_until = :leaseUntil
    WHERE id = :id AND lease_token = :token`,
  holdsLease: `SELECT 1 FROM documents WHERE id = :id AND lease_token = :token`,
  finishReading: `UPDATE documents SET state = 'DONE', priority = 0, attempts = 0,
    lease_token = NULL, lease_until = NULL, error_code = NULL, error_message = NULL,
    types_revision = :typesRevision, characters = :characters, characters_read = :charactersRead,
    tokens = :tokens, unknown_tokens = :unknownTokens, dropped = :dropped,
    read_at = :now, updated_at = :now WHERE id = :id`,
  finishRescore: `UPDATE documents SET priority = max(priority, 0), attempts = 0, lease_token = NULL,
    lease_until = NULL, error_code = NULL, error_message = NULL, types_revision = :typesRevision
    WHERE id = :id`,
  failReading: `UPDATE documents SET state = :state, available_at = :availableAt,
    lease_token = NULL, lease_until = NULL, error_code = :code, error_message = :message,
    priority = iif(:state = 'FAILED', max(priority, 0), priority),
    updated_at = :now WHERE id = :id AND lease_token = :token`,
  failRescore: `UPDATE documents SET available_at = :availableAt, attempts = :attempts,
    lease_token = NULL, lease_until = NULL, error_code = :code, error_message = :message,
    priority = iif(:typesRevision < 0, priority, max(priority, 0)),
    types_revision = max(types_revision, :typesRevision) WHERE id = :id AND lease_token = :token`,
  returnClaim: `UPDATE documents SET attempts = max(0, attempts - 1), lease_token = NULL,
    lease_until = NULL, state = iif(state = 'RUNNING', 'QUEUED', state)
    WHERE id = :id AND lease_token = :token`,
  releaseAbandoned: `${release} WHERE lease_token IS NOT NULL OR state = 'RUNNING'`,
} as const;
