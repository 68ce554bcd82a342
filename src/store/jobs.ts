/**
 * The work on documents. A document's row is its job: QUEUED until a worker claims it, RUNNING under a
 * lease, then DONE or FAILED; a DONE document that lacks a type (version) is handed out again for the
 * missing types only.
 *
 * Invariant: only the holder of a lease's token changes the document, so a worker that was slow, or a
 * document that was replaced or deleted meanwhile, cannot leave a mixture.
 */
import type { Claim, ClaimOptions, ClaimRow, ReadingFailure } from './claim.ts';
import type { Database } from './database.ts';
import { toEntityTypeRecord } from './entity-type-rows.ts';
import {
  buffersOfMentions,
  buffersOfReading,
  type PackedMentions,
  packReading,
} from './packed-reading.ts';
import type { Reading } from './reading.ts';

export type { Claim } from './claim.ts';

const toClaim = (row: ClaimRow): Claim => ({ ...row, types: row.types.map(toEntityTypeRecord) });

/** Claims documents that wait to be read: those that somebody waits for first, then the oldest. */
export async function claimDocuments(
  { writer }: Database,
  options: ClaimOptions,
): Promise<Claim[]> {
  return (await writer.write('claimDocuments', options)).map(toClaim);
}

/**
 * Claims documents that were read but lack a type or its current version, oldest first. Those that turn out to
 * lack none, because their type has been deleted, are done without a claim; `onDone` is told then.
 *
 * Returns none only when there are none.
 */
export async function claimRescores(
  { writer }: Database,
  options: ClaimOptions,
  onDone: () => void = () => undefined,
): Promise<Claim[]> {
  for (;;) {
    const { claims, done, mayBeMore } = await writer.write('claimSomeRescores', options);
    if (done > 0) onDone();
    if (claims.length > 0 || !mayBeMore) return claims.map(toClaim);
  }
}

/** A sign of life: keeps the document for another `leaseMs`. Returns false when it was lost. */
export function extendLease(
  { writer }: Database,
  { documentId: id, token }: Claim,
  leaseMs: number,
): Promise<boolean> {
  return writer.write('extendLease', { id, token, leaseUntil: Date.now() + leaseMs });
}

/**
 * Stores what was read, in one transaction: windows, spans, mentions, forms, coverage, state and what
 * the indexes must learn. For a RESCORE: the mentions of the claim's types, nothing else.
 *
 * Returns false, storing nothing, when the lease was lost: somebody else has the document now, or it
 * was replaced or deleted.
 * Throws: STORAGE_FULL, storing nothing.
 */
export function finishClaim(
  { writer }: Database,
  { documentId, token, kind, typesRevision, types }: Claim,
  reading: Reading,
): Promise<boolean> {
  const packed = packReading(reading);
  const finished = {
    claim: { documentId, token, kind, typesRevision },
    types: types.map(({ id, name, version }) => ({ id, name, version })),
    reading: packed,
  };
  return writer.write('finishClaim', finished, buffersOfReading(packed));
}

/**
 * Stores what was scored from ledgers, all of it in one transaction: the mentions of these types, nothing
 * else. What they are packed in is empty afterwards. Gives the ids of the documents whose lease was held
 * still.
 *
 * Throws: STORAGE_FULL, storing nothing.
 */
export function finishRescores(
  { writer }: Database,
  types: Claim['types'],
  scored: readonly { readonly claim: Claim; readonly found: PackedMentions }[],
): Promise<number[]> {
  const finished = {
    types: types.map(({ id, name, version }) => ({ id, name, version })),
    documents: scored.map(({ claim: { documentId, token, typesRevision }, found }) => ({
      claim: { documentId, token, typesRevision },
      found,
    })),
  };
  const buffers = scored.flatMap(({ found }) => buffersOfMentions(found));
  return writer.write('finishRescores', finished, buffers);
}

/**
 * Gives a document up, or back with a growing wait when another attempt may succeed. A document that
 * cannot be rescored stays DONE, with the error, until its collection's types change again.
 *
 * Returns false when the lease was lost.
 */
export function failClaim(
  { writer }: Database,
  { documentId, token, attempt, kind, typesRevision }: Claim,
  failure: ReadingFailure,
): Promise<boolean> {
  const claim = { documentId, token, attempt, kind, typesRevision };
  return writer.write('failClaim', { claim, failure });
}

/** Hands claims back unread, e.g. when the program stops; it does not count as an attempt. */
export function returnClaims({ writer }: Database, claims: readonly Claim[]): Promise<void> {
  const tokens = claims.map(({ documentId, token }) => ({ documentId, token }));
  return writer.write('returnClaims', tokens);
}
