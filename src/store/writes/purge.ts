/**
 * Documents removed so that nothing of them is left in any file. First their rows go, and what they
 * were known by is remembered as a hash; then the full-text index is built and the file is written anew
 * from what is left, because the one keeps words and the other copies of rows that were moved; then the
 * log of that is emptied. What a crash interrupts
 * is gone on with at the next start.
 */
import { randomUUID } from 'node:crypto';
import { appError } from '../../core/errors.ts';
import type { SqlConnection } from '../connection.ts';
import { removeIndexFiles } from '../index-files.ts';
import { type DocumentKey, hashOfKey, readPurges, writePurgeFile } from '../purge-ledger.ts';
import { deleteDocument } from './delete-document.ts';
import { rebuildFullText } from './full-text.ts';

const keyOf = `SELECT c.name AS collection, d.external_id AS externalId, d.text_hash AS textHash
  FROM documents d JOIN collections c ON c.id = d.collection_id WHERE d.id = :id`;

/** Removes documents from the tables. Returns the ids that existed. */
export const purgeRows = (writer: SqlConnection, ids: readonly number[]): number[] =>
  writer.transaction(() =>
    ids.filter((id) => {
      const [key] = writer.query<DocumentKey>(keyOf, { id });
      if (!key) return false;
      const { kind, hash } = hashOfKey(key);
      writer.change(
        `INSERT INTO purges (id, kind, hash, purged_at) VALUES (:id, :kind, :hash, :now)`,
        { id: randomUUID(), kind, hash, now: Date.now() },
      );
      return deleteDocument(writer, id);
    }),
  );

/** How often the log is tried to be emptied, 5 s each: somebody may be reading from it. */
const attempts = 3;

/**
 * Leaves nothing in the database file and its log but what the tables hold.
 *
 * Throws: STORAGE_BUSY when another process reads the database all the while.
 * Cost:   writes the database anew.
 */
export function eraseDeleted(writer: SqlConnection, folder: string): void {
  writePurgeFile(folder, readPurges(writer));
  rebuildFullText(writer);
  writer.execute('VACUUM');
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const [done] = writer.query<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)', {});
    if (done?.busy === 0) return;
  }
  throw appError('STORAGE_BUSY', { folder });
}

/** Whether a purge was begun and not brought to its end. */
const hasUnfinishedPurge = (connection: SqlConnection): boolean =>
  connection.query('SELECT 1 FROM purges WHERE is_erased = 0 LIMIT 1', {}).length > 0;

/** Says that no file holds anything any more of what was purged. */
export const finishPurges = (writer: SqlConnection): void =>
  writer.change('UPDATE purges SET is_erased = 1 WHERE is_erased = 0', {});

/** The end of purges that were interrupted; the indexes are built anew. */
export function finishInterruptedPurges(writer: SqlConnection, folder: string): void {
  if (!hasUnfinishedPurge(writer)) return;
  eraseDeleted(writer, folder);
  removeIndexFiles(folder);
  finishPurges(writer);
}
