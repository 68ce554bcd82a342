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

/** Refusals quote what they refuse, which may have been a version of a document that is purged. */
const forgetRefusals = `UPDATE job_refusals SET place = NULL,
  error_message = 'Removed, because a document of the collection was purged.'
  WHERE job_id IN (SELECT j.id FROM jobs j JOIN collections c ON c.id = j.collection_id
    WHERE c.name = :collection)`;

/** A document that was removed, and the row that remembers it. */
export interface PurgedRow {
  readonly documentId: number;
  readonly purgeId: string;
}

/** Removes documents from the tables. Returns those that existed. */
export const purgeRows = (writer: SqlConnection, ids: readonly number[]): PurgedRow[] =>
  writer.transaction(() => {
    const collections = new Set<string>();
    const purged = ids.flatMap((documentId) => {
      const [key] = writer.query<DocumentKey>(keyOf, { id: documentId });
      if (!key) return [];
      collections.add(key.collection);
      const { kind, hash } = hashOfKey(key);
      const purgeId = randomUUID();
      writer.change(
        `INSERT INTO purges (id, kind, hash, purged_at) VALUES (:purgeId, :kind, :hash, :now)`,
        { purgeId, kind, hash, now: Date.now() },
      );
      deleteDocument(writer, documentId);
      return [{ documentId, purgeId }];
    });
    for (const collection of collections) writer.change(forgetRefusals, { collection });
    return purged;
  });

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

/** Says that no file holds anything any more of what these purges removed; others may be under way. */
export const finishPurges = (writer: SqlConnection, purgeIds: readonly string[]): void =>
  writer.change(
    'UPDATE purges SET is_erased = 1 WHERE id IN (SELECT value FROM json_each(:purgeIds))',
    { purgeIds: JSON.stringify(purgeIds) },
  );

/** The end of purges that were interrupted; the indexes are built anew. */
export function finishInterruptedPurges(writer: SqlConnection, folder: string): void {
  const sql = 'SELECT id FROM purges WHERE is_erased = 0';
  const unfinished = writer.query<{ id: string }>(sql, {});
  if (unfinished.length === 0) return;
  eraseDeleted(writer, folder);
  removeIndexFiles(folder);
  finishPurges(
    writer,
    unfinished.map(({ id }) => id),
  );
}
