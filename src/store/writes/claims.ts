/**
 * Documents handed out, kept, finished and given back.
 *
 * Invariant: only the holder of a lease's token changes the document, so a worker that was slow, or a
 * document that was replaced or deleted meanwhile, cannot leave a mixture.
 */
import { randomUUID } from 'node:crypto';
import { invariant } from '../../core/invariant.ts';
import { abandonment, maxAttempts } from '../abandoned-claims.ts';
import type { Claim, ClaimOptions, ClaimRow, ReadingFailure } from '../claim.ts';
import type { SqlConnection } from '../connection.ts';
import type { EntityTypeRow } from '../entity-type-rows.ts';
import { longestWaitMs } from '../longest-wait.ts';

/** Wait before attempt n + 1: doubles from 1 s. */
const backOffMs = (attempt: number): number => Math.min(1_000 * 2 ** (attempt - 1), longestWaitMs);

interface ClaimedRow {
  readonly id: number;
  readonly collectionId: number;
  readonly text: string;
  readonly attempts: number;
  readonly priority: number;
  readonly token: string;
  readonly typesRevision: number;
  readonly keepsLedger: 0 | 1;
}

/** What is done with a document, for which types. */
type Work = Pick<ClaimRow, 'kind' | 'from' | 'types'>;

function toClaim(row: ClaimedRow, work: Work): ClaimRow {
  const { id, attempts, priority, keepsLedger, ...rest } = row;
  return {
    ...rest,
    ...work,
    keepsLedger: keepsLedger === 1,
    documentId: id,
    attempt: attempts,
    priority: priority > 0 ? 'interactive' : 'bulk',
  };
}

function claimedRows(
  writer: SqlConnection,
  ids: readonly number[],
  from: Claim['from'] = 'TEXT',
): ClaimedRow[] {
  const withText = from === 'TEXT' ? 1 : 0;
  return writer.all<ClaimedRow>('claimed', { ids: JSON.stringify(ids), withText });
}

/** Claims documents that wait to be read: those that somebody waits for first, then the oldest. */
export function claimDocuments(
  writer: SqlConnection,
  { limit, leaseMs, priority = 'bulk' }: ClaimOptions,
): ClaimRow[] {
  const now = Date.now();
  const minPriority = priority === 'interactive' ? 1 : 0;
  return writer.transaction(() => {
    writer.run('requeueExpired', abandonment(now));
    const lease = { now, limit, minPriority, token: randomUUID(), leaseUntil: now + leaseMs };
    const ids = writer.all<{ id: number }>('claimDocuments', lease).map(({ id }) => id);
    return claimedRows(writer, ids).map((row) => {
      const { collectionId } = row;
      const types = writer.all<EntityTypeRow>('typesOfCollection', { collectionId });
      return toClaim(row, { kind: 'READ', from: 'TEXT', types });
    });
  });
}

interface RescoreCandidate {
  readonly id: number;
  readonly collectionId: number;
  readonly typesRevision: number;
  /** Null for a document without a ledger. */
  readonly ledgerBytes: number | null;
}

/** Undefined for a document that lacks no type: it is marked as done. */
function claimRescore(
  writer: SqlConnection,
  { id, collectionId, typesRevision, ledgerBytes }: RescoreCandidate,
  lease: { token: string; leaseUntil: number },
): ClaimRow | undefined {
  const missing = writer.all<EntityTypeRow>('missingTypes', { collectionId, documentId: id });
  if (missing.length === 0) {
    writer.run('finishRescore', { id, typesRevision });
    return undefined;
  }
  writer.run('leaseForRescore', { id, ...lease });
  const from = ledgerBytes === null ? 'TEXT' : 'LEDGER';
  const [row] = claimedRows(writer, [id], from);
  invariant(row, 'A document that was leased is there.');
  return toClaim(row, { kind: 'RESCORE', from, types: missing });
}

/** Ledgers that are claimed together. Units: bytes. */
const maxLedgerBytes = 2 ** 26;

/** Those of the candidates that are claimed now: from the text a few, from ledgers many, of bounded size. */
function affordable(
  candidates: readonly RescoreCandidate[],
  { limit, ledgerLimit = 0 }: ClaimOptions,
): readonly RescoreCandidate[] {
  let [texts, ledgers, bytes] = [0, 0, 0];
  return candidates.filter(({ ledgerBytes }) => {
    if (ledgerBytes === null) {
      texts += 1;
      return texts <= limit;
    }
    ledgers += 1;
    bytes += ledgerBytes;
    return ledgers === 1 || (ledgers <= ledgerLimit && bytes <= maxLedgerBytes);
  });
}

/** Documents that lack a type; as if without ledgers where these are not asked for. */
function rescoreCandidates(
  writer: SqlConnection,
  { limit, ledgerLimit = 0 }: ClaimOptions,
): RescoreCandidate[] {
  const page = { now: Date.now(), limit: Math.max(limit, ledgerLimit) };
  const candidates = writer.all<RescoreCandidate>('rescoreCandidates', page);
  return ledgerLimit > 0
    ? candidates
    : candidates.map((candidate) => ({ ...candidate, ledgerBytes: null }));
}

/** One look for documents that lack a type; those that turn out to lack none are marked and counted in `done`. */
export function claimSomeRescores(
  writer: SqlConnection,
  options: ClaimOptions,
): { claims: ClaimRow[]; done: number; mayBeMore: boolean } {
  const lease = { token: randomUUID(), leaseUntil: Date.now() + options.leaseMs };
  return writer.transaction(() => {
    const candidates = rescoreCandidates(writer, options);
    const tried = affordable(candidates, options);
    const claims = tried.flatMap((candidate) => claimRescore(writer, candidate, lease) ?? []);
    return { claims, done: tried.length - claims.length, mayBeMore: candidates.length > 0 };
  });
}

/** Which claim, and until when to keep it. */
export interface ExtendLease {
  readonly id: number;
  readonly token: string;
  readonly leaseUntil: number;
}

/** Keeps a document for longer. Returns false when it was lost. */
export const extendLease = (writer: SqlConnection, lease: ExtendLease): boolean =>
  writer.run('extendLease', { ...lease }).changes > 0;

/** Which claim failed, and why. */
export interface FailClaim {
  readonly claim: Pick<Claim, 'documentId' | 'token' | 'attempt' | 'kind' | 'typesRevision'>;
  readonly failure: ReadingFailure;
}

/** Gives a document up, or back with a growing wait. Returns false when the lease was lost. */
export function failClaim(writer: SqlConnection, { claim, failure }: FailClaim): boolean {
  const { code, message, retry } = failure;
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

/** Hands claims back unread; it does not count as an attempt. */
export const returnClaims = (
  writer: SqlConnection,
  claims: readonly Pick<Claim, 'documentId' | 'token'>[],
): void =>
  writer.transaction(() => {
    for (const { documentId, token } of claims)
      writer.run('returnClaim', { id: documentId, token });
  });
