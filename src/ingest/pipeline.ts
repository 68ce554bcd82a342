/**
 * Claimed documents on their way from text to store: extract, encode new surface forms unless many
 * documents wait, write each document in one transaction. Every step can be repeated: what was not written is claimed again. The
 * indexes follow the store's log by themselves.
 */
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError, appError } from '../core/errors.ts';
import { invariant } from '../core/invariant.ts';
import type { Extraction, Extractor } from '../ner/extractor.ts';
import { meaningsByText, meaningsOfRows } from '../ner/meanings.ts';
import type { Database } from '../store/database.ts';
import { findDocuments } from '../store/documents.ts';
import { type Claim, failClaim, finishClaim, finishRescores, returnClaims } from '../store/jobs.ts';
import { deleteLedgers } from '../store/ledgers.ts';
import { formsToEncode, formsWithoutVector, putMeanings } from '../store/vectors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Changes } from './changes.ts';
import type { Ledgers } from './ledgers.ts';

/** What reading needs. */
export interface PipelineParts {
  readonly database: Database;
  readonly extractor: Extractor;
  readonly changes: Changes;
  /** Null for an extractor that makes no ledgers. */
  readonly ledgers: Ledgers | null;
  readonly logger: Logger;
  /** True once the program ends: what fails then goes back to the queue. */
  readonly isStopping: () => boolean;
}

/** Stored surface forms encoded and written at once. */
const formsAtOnce = 256;

/** How many surface forms may wait while documents do: about what 900 abstracts name for the first time. */
const mostWaitingForms = 4_096;

/** True for a call to a model that was down before: no document is to blame for that. */
const wasDown = (error: unknown): boolean =>
  error instanceof AppError &&
  error.code === 'CHILD_PROCESS_DOWN' &&
  error.details.wasDown === true;

const isRetryable = ({ kind }: AppError): boolean =>
  ['conflict', 'limited', 'unavailable'].includes(kind);

const noMeanings: ReadonlyMap<string, Float32Array> = new Map();

async function encodeNewForms(
  { database, extractor }: PipelineParts,
  claims: readonly Claim[],
  extractions: readonly Extraction[],
): Promise<Map<string, Float32Array>> {
  const written = extractions.flatMap(({ mentions }, i) =>
    mentions.map(({ start, end }) => claims[i]?.text.slice(start, end) ?? ''),
  );
  const forms = await formsWithoutVector(database, written);
  return meaningsByText(extractor, forms);
}

/**
 * Encodes some of the stored forms that have no meaning vector: those of documents that were stored while
 * more were waiting, and of imported mentions. While documents wait, only what is too much to wait as well.
 * Returns how many were encoded.
 */
export async function encodeStoredForms(
  { database, extractor }: Pick<PipelineParts, 'database' | 'extractor'>,
  doDocumentsWait: boolean,
): Promise<number> {
  const mayWait = doDocumentsWait ? mostWaitingForms : 0;
  const forms = await formsToEncode(database, formsAtOnce, mayWait);
  await putMeanings(database, await meaningsOfRows(extractor, forms));
  return forms.length;
}

/** Reads documents with equal types together and stores each. */
async function readTogether(
  parts: PipelineParts,
  claims: readonly Claim[],
  doMoreWait: boolean,
): Promise<void> {
  const { database, extractor, changes } = parts;
  const { types = [], priority = 'bulk', keepsLedger: keepLedgers = false } = claims[0] ?? {};
  const texts = claims.map(({ text }) => text);
  const extractions = await extractor.extract(texts, types, { priority, keepLedgers });
  const meanings = doMoreWait ? noMeanings : await encodeNewForms(parts, claims, extractions);
  for (const [i, extraction] of extractions.entries()) {
    const claim = claims[i];
    if (claim === undefined) continue;
    const isStored = await finishClaim(database, claim, { ...extraction, meanings });
    if (isStored) changes.documentChanged({ id: claim.documentId, state: 'DONE' });
    await nextTurn();
  }
  changes.typesMoved(types.map(({ id }) => id));
}

/** Documents stored in one transaction: few enough for other writes to pass between. */
const rescoresAtOnce = 64;

/**
 * Scores documents with equal types from their ledgers and stores what is found. New surface forms get
 * their meaning vectors later (`encodeStoredForms`): the encoder would take longer than all the rest.
 */
async function scoreTogether(parts: PipelineParts, claims: readonly Claim[]): Promise<void> {
  const { database, extractor, changes, ledgers } = parts;
  const { types = [] } = claims[0] ?? {};
  invariant(ledgers, 'what has ledgers scores them');
  const vectors = await extractor.encodeTypes(types);
  const asked = types.map(({ name, offset }, i) => ({ name, offset, vector: vectors[i]! }));
  const documentIds = claims.map(({ documentId }) => documentId);
  const answer = await ledgers.score({ documentIds, types: asked });
  const scored = claims.flatMap((claim, i) => (answer[i] ? [{ claim, found: answer[i] }] : []));
  for (let i = 0; i < scored.length; i += rescoresAtOnce) {
    const part = scored.slice(i, i + rescoresAtOnce);
    const stored = await finishRescores(database, types, part);
    for (const id of stored) changes.documentChanged({ id, state: 'DONE' });
    await nextTurn();
  }
  await giveBackToText(
    parts,
    claims.filter((_, i) => !answer[i]),
  );
  changes.typesMoved(types.map(({ id }) => id));
}

/** Has documents whose ledgers cannot be read claimed again, without them. */
async function giveBackToText(
  { database, logger }: PipelineParts,
  claims: readonly Claim[],
): Promise<void> {
  if (claims.length === 0) return;
  const documentIds = claims.map(({ documentId }) => documentId);
  logger.warn(
    { documentIds },
    'ledgers could not be read: the documents are read from their texts',
  );
  await deleteLedgers(database, documentIds);
  await returnClaims(database, claims);
}

/** The user's view of what stopped a reading; a bug is logged under an id. */
function toAppError({ logger }: PipelineParts, claims: readonly Claim[], error: unknown): AppError {
  if (error instanceof AppError) return error;
  const logId = randomUUID();
  const documentIds = claims.map(({ documentId }) => documentId);
  logger.error({ logId, documentIds, error }, 'reading failed by a bug');
  return appError('READING_FAILED', { logId }, error);
}

async function giveUp(
  parts: PipelineParts,
  claims: readonly Claim[],
  error: AppError,
): Promise<void> {
  const { database, changes, logger } = parts;
  if (parts.isStopping()) return returnClaims(database, claims);
  const { code, message } = error;
  for (const claim of claims) {
    const { documentId: id, attempt } = claim;
    logger.warn({ documentId: id, attempt, code }, 'a document could not be read');
    await failClaim(database, claim, { code, message, retry: isRetryable(error) });
    const state = (await findDocuments(database, [id])).get(id)?.state ?? 'DELETED';
    changes.documentChanged({ id, state });
  }
}

/**
 * Groups claims that can share one extraction: equal types, equally urgent, together no longer than
 * allowed.
 */
export function batchClaims(claims: readonly Claim[], maxChars: number): Claim[][] {
  const batches: Claim[][] = [];
  let last: { key: string; chars: number; batch: Claim[] } | undefined;
  for (const claim of claims) {
    const { kind, from, keepsLedger, types, attempt, priority, text } = claim;
    // What failed before is read alone, so that it takes no other document down with it.
    const group = attempt > 1 ? claim.documentId : '';
    const key = JSON.stringify([
      kind,
      from,
      keepsLedger,
      priority,
      types.map(({ id, version }) => [id, version]),
      group,
    ]);
    if (last === undefined || last.key !== key || last.chars + text.length > maxChars) {
      last = { key, chars: 0, batch: [] };
      batches.push(last.batch);
    }
    last.batch.push(claim);
    last.chars += text.length;
  }
  return batches;
}

/**
 * Reads a batch of claims. Never throws for a document's or the model's fault: what cannot be read is
 * given back to the queue with a growing wait, and FAILED in the end.
 *
 * `doMoreWait`: there are more documents than these, and new surface forms wait until those are read.
 *
 * Returns false when the model is down: nothing was tried, and the claims are given back.
 * Throws: STORAGE_FULL and other faults of the database; the claims are still held then.
 */
export async function readBatch(
  parts: PipelineParts,
  claims: readonly Claim[],
  doMoreWait: boolean,
): Promise<boolean> {
  try {
    if (claims[0]?.from === 'LEDGER') await scoreTogether(parts, claims);
    else await readTogether(parts, claims, doMoreWait);
  } catch (error) {
    if (wasDown(error)) {
      await returnClaims(parts.database, claims);
      return false;
    }
    const isAlone = claims.length === 1;
    const isShared = error instanceof AppError && isRetryable(error);
    if (isAlone || isShared || parts.isStopping()) {
      await giveUp(parts, claims, toAppError(parts, claims, error));
      return true;
    }
    // One document's fault: each is read alone, and only the faulty one fails.
    for (const claim of claims) await readBatch(parts, [claim], doMoreWait);
  }
  return true;
}
