/** Ledgers kept and removed. */
import { crc32 } from 'node:zlib';
import type { SqlConnection } from '../connection.ts';

/** Keeps a document's ledger, if its collection does, in the place of the one that it had. */
export function putLedger(
  writer: SqlConnection,
  documentId: number,
  rows: Uint8Array | null | undefined,
): void {
  if (!rows) {
    writer.run('deleteLedger', { documentId });
    return;
  }
  writer.run('putLedger', { documentId, checksum: crc32(rows) | 0, rows });
}

/** Removes ledgers that turned out to be damaged: their documents are read from their texts. */
export const deleteLedgers = (writer: SqlConnection, documentIds: readonly number[]): void =>
  writer.transaction(() => {
    for (const documentId of documentIds) writer.run('deleteLedger', { documentId });
  });

/** Whether a collection keeps ledgers from now on. */
export interface KeepLedgers {
  readonly collectionId: number;
  readonly keepsLedgers: boolean;
}

/** Sets whether a collection keeps ledgers; what it has of them goes when it does not. */
export const keepLedgers = (
  writer: SqlConnection,
  { collectionId: id, keepsLedgers }: KeepLedgers,
): void =>
  writer.transaction(() => {
    writer.run('keepLedgers', { id, keepsLedgers: keepsLedgers ? 1 : 0 });
    if (!keepsLedgers) writer.run('deleteLedgersOfCollection', { id });
  });
