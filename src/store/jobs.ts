/**
 * The work on documents. A document's row is its job: QUEUED until a worker claims it, RUNNING under a
 * lease, then DONE or FAILED; a DONE document that lacks a type (version) is handed out again for the
 * missing types only.
 *
 * Invariant: only the holder of a lease's token changes the document, so a worker that was slow, or a
 * document that was replaced or deleted meanwhile, cannot leave a mixture.
 */
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { maxAttempts } from './abandoned-claims.ts';
import type { SqlConnection } from './connection.ts';
import type { Database } from './database.ts';
import { aboveOffsets, type EntityTypeRow, toEntityTypeRecord } from './entity-types.ts';
import { putMentionsOfTypes, putReading, type Reading } from './reading.ts';
import type { EntityTypeRecord } from './records.ts';

/** A document that this worker may read until its lease ends. */
export interface Claim {
  /** READ: everything. RESCORE: `types` only, windows and coverage stay as they are. */
  readonly kind: 'READ' | 'RESCORE';
  readonly documentId: number;
  readonly collectionId: number;
  readonly text: string;
  /** The types to score, in their current versions. */
  readonly types: readonly EntityTypeRecord[];
  readonly priority: 'interactive' | 'bulk';
  /** From 1. */
  readonly attempt: number;
  readonly token: string;
  /** The collection's count of type changes that `types` belongs to. */
  readonly typesRevision: number;
}

/** How to claim. */
export interface ClaimOptions {
  /** At most so many documents. */
  readonly limit: number;
  /** How long they stay this worker's without a sign of life. */
  readonly leaseMs: number;
}

/** Why a document could not be read. */
export interface ReadingFailure {
  readonly code: string;
  readonly message: string;
  /** Whether another attempt may succeed. */
  readonly retry: boolean;
}

/** Wait before attempt n + 1: doubles from 1 s, at most 5 min. */
const backOffMs = (attempt: number): number => Math.min(1_000 * 2 ** (attempt - 1), 300_000);

interface ClaimedRow {
  readonly id: number;
  readonly collectionId: number;
  readonly text: string;
  readonly attempts: number;
  readonly priority: number;
  readonly token: string;
  readonly typesRevision: number;
}

const typeList = (rows: readonly EntityTypeRow[]): EntityTypeRecord[] =>
  rows.map(toEntityTypeRecord);

function toClaim(row: ClaimedRow, kind: Claim['kind'], types: EntityTypeRecord[]): Claim {
  const { id, attempts, priority, ...rest } = row;
  return {
    ...rest,
    kind,
    documentId: id,
    types,
    attempt: attempts,
    priority: priority > 0 ? 'interactive' : 'bulk',
  };
}

function claimedRows(writer: SqlConnection, ids: readonly number[]): ClaimedRow[] {
  return writer.all<ClaimedRow>('claimed', { ids: JSON.stringify(ids) });
}

/** Claims documents that wait to be read: those that somebody waits for first, then the oldest. */
export async function claimDocuments(
  { writer }: Database,
  { limit, leaseMs }: ClaimOptions,
): Promise<Claim[]> {
  const now = Date.now();
  return writer.transaction(() => {
    writer.run('requeueExpired', { now });
    const lease = { now, limit, token: randomUUID(), leaseUntil: now + leaseMs };
    const ids = writer.all<{ id: number }>('claimDocuments', lease).map(({ id }) => id);
    return claimedRows(writer, ids).map((row) => {
      const { collectionId } = row;
      const types = writer.all<EntityTypeRow>('typesOfCollection', { collectionId });
      return toClaim(row, 'READ', typeList(types));
    });
  });
}

interface RescoreCandidate {
  readonly id: number;
  readonly collectionId: number;
  readonly typesRevision: number;
}

function claimRescore(
  writer: SqlConnection,
  { id, collectionId, typesRevision }: RescoreCandidate,
  lease: { token: string; leaseUntil: number },
): Claim[] {
  const missing = writer.all<EntityTypeRow>('missingTypes', { collectionId, documentId: id });
  if (missing.length === 0) {
    writer.run('finishRescore', { id, typesRevision });
    return [];
  }
  writer.run('leaseForRescore', { id, ...lease });
  return claimedRows(writer, [id]).map((row) => toClaim(row, 'RESCORE', typeList(missing)));
}

/** One look for documents that lack a type; those that turn out to lack none are marked. */
function claimSomeRescores(
  writer: SqlConnection,
  { limit, leaseMs }: ClaimOptions,
): { claims: Claim[]; mayBeMore: boolean } {
  const now = Date.now();
  const lease = { token: randomUUID(), leaseUntil: now + leaseMs };
  return writer.transaction(() => {
    const candidates = writer.all<RescoreCandidate>('rescoreCandidates', { now, limit });
    const claims = candidates.flatMap((candidate) => claimRescore(writer, candidate, lease));
    return { claims, mayBeMore: candidates.length === limit };
  });
}

/**
 * Claims documents that were read but lack a type or its current version, oldest first.
 *
 * Returns none only when there are none.
 */
export async function claimRescores({ writer }: Database, options: ClaimOptions): Promise<Claim[]> {
  for (;;) {
    const { claims, mayBeMore } = claimSomeRescores(writer, options);
    if (claims.length > 0 || !mayBeMore) return claims;
    await nextTurn();
  }
}

/** A sign of life: keeps the document for another `leaseMs`. Returns false when it was lost. */
export async function extendLease(
  { writer }: Database,
  { documentId, token }: Claim,
  leaseMs: number,
): Promise<boolean> {
  const lease = { id: documentId, token, leaseUntil: Date.now() + leaseMs };
  return writer.run('extendLease', lease).changes > 0;
}

/**
 * Stores what was read, in one transaction: windows, spans, mentions, forms, coverage, state and what
 * the indexes must learn. For a RESCORE: the mentions of the claim's types, nothing else.
 *
 * Returns false, storing nothing, when the lease was lost: somebody else has the document now, or it
 * was replaced or deleted.
 * Throws: STORAGE_FULL, storing nothing.
 */
export async function finishClaim(
  { writer }: Database,
  claim: Claim,
  reading: Reading,
): Promise<boolean> {
  const { documentId: id, token, typesRevision, types, text } = claim;
  return writer.transaction(() => {
    if (!writer.get('holdsLease', { id, token })) return false;
    const mentions = aboveOffsets(writer, types, reading.mentions);
    const document = { documentId: id, text, types, reading: { ...reading, mentions } };
    if (claim.kind === 'RESCORE') {
      putMentionsOfTypes(writer, document);
      writer.run('finishRescore', { id, typesRevision });
      return true;
    }
    putReading(writer, document);
    const { characters, charactersRead, tokens, unknownTokens, dropped } = reading.coverage;
    const coverage = { characters, charactersRead, tokens, unknownTokens };
    const row = { id, typesRevision, now: Date.now(), dropped: JSON.stringify(dropped) };
    writer.run('finishReading', { ...row, ...coverage });
    return true;
  });
}

/**
 * Gives a document up, or back with a growing wait when another attempt may succeed. A document that
 * cannot be rescored stays DONE, with the error, until its collection's types change again.
 *
 * Returns false when the lease was lost.
 */
export async function failClaim(
  { writer }: Database,
  claim: Claim,
  { code, message, retry }: ReadingFailure,
): Promise<boolean> {
  const now = Date.now();
  const again = retry && claim.attempt < maxAttempts;
  const availableAt = again ? now + backOffMs(claim.attempt) : 0;
  const row = { id: claim.documentId, token: claim.token, code, message, availableAt };
  const { changes } =
    claim.kind === 'READ'
      ? writer.run('failReading', { ...row, now, state: again ? 'QUEUED' : 'FAILED' })
      : writer.run('failRescore', {
          ...row,
          attempts: again ? claim.attempt : 0,
          typesRevision: again ? -1 : claim.typesRevision,
        });
  return changes > 0;
}

/** Hands claims back unread, e.g. when the program stops; it does not count as an attempt. */
export async function returnClaims({ writer }: Database, claims: readonly Claim[]): Promise<void> {
  writer.transaction(() => {
    for (const { documentId, token } of claims)
      writer.run('returnClaim', { id: documentId, token });
  });
}
