/**
 * Ledgers: what is kept of each document so that later types are scored without the encoder. What is in
 * one only an extractor knows; here it is a block of bytes with a checksum.
 */
import { crc32 } from 'node:zlib';
import type { SqlConnection } from './connection.ts';
import type { Database } from './database.ts';

/** How much a collection keeps. */
export interface LedgerTotals {
  /** Documents that have a ledger. */
  readonly documents: number;
  readonly bytes: number;
  /** Words of these documents. */
  readonly words: number;
}

interface LedgerRow {
  readonly checksum: number;
  readonly rows: Uint8Array;
}

/** Whether these are the bytes that were kept. */
export const isWholeLedger = ({ checksum, rows }: LedgerRow): boolean =>
  (crc32(rows) | 0) === checksum;

/** A document's ledger; null when it has none, or one that was damaged. */
export function readLedger(connection: SqlConnection, documentId: number): Uint8Array | null {
  const row = connection.get<LedgerRow>('readLedger', { documentId });
  return row && isWholeLedger(row) ? row.rows : null;
}

/** How much a collection keeps by now. */
export async function ledgerTotals(
  { reader }: Database,
  collectionId: number,
): Promise<LedgerTotals> {
  const row = await reader.get<LedgerTotals>('ledgerTotals', { collectionId });
  return row ?? { documents: 0, bytes: 0, words: 0 };
}

/** Which documents to preview a type on. */
export interface DocumentsToPreview {
  readonly collectionId: number;
  /** Ids above this one. */
  readonly after: number;
  readonly limit: number;
}

/** Ids of documents that have been read, ascending. */
export async function documentsToPreview(
  { reader }: Database,
  which: DocumentsToPreview,
): Promise<number[]> {
  const rows = await reader.all<{ id: number }>('documentsToPreview', { ...which });
  return rows.map(({ id }) => id);
}

/** Ids of so many of the documents that have been read, from all over the collection, ascending. */
export async function sampleToPreview(
  { reader }: Database,
  collectionId: number,
  sample: number,
): Promise<number[]> {
  const rows = await reader.all<{ id: number }>('sampleToPreview', { collectionId, sample });
  return rows.map(({ id }) => id);
}

/**
 * Sets whether a collection keeps ledgers. Those that it has go when it keeps none any more; documents
 * that were read without get one when they are read again.
 */
export const keepLedgers = (
  { writer }: Database,
  collectionId: number,
  keepsLedgers: boolean,
): Promise<void> => writer.write('keepLedgers', { collectionId, keepsLedgers });

/** Removes the ledgers of documents: these are read from their texts then. */
export const deleteLedgers = (
  { writer }: Database,
  documentIds: readonly number[],
): Promise<void> => writer.write('deleteLedgers', documentIds);
