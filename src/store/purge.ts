/** Erasure: documents of which no file of the data folder holds anything afterwards. */
import type { SqlConnection } from './connection.ts';
import type { Database } from './database.ts';
import { removeIndexFiles } from './index-files.ts';
import { eraseDeleted, finishPurges, hasUnfinishedPurge, purgeRows } from './writes/purge.ts';

/**
 * Purges documents of an open database. `rewriteIndexes` leaves nothing in the files of the indexes
 * that the database does not have.
 *
 * Returns the ids that existed. When it throws, the documents are gone, and what is left to erase is
 * erased at the next start.
 * Throws: STORAGE_BUSY, STORAGE_FULL.
 */
export async function purgeDocuments(
  { writer, folder }: Database,
  ids: readonly number[],
  rewriteIndexes: () => Promise<void>,
): Promise<number[]> {
  const purged = await writer.write('purgeRows', [...new Set(ids)]);
  if (purged.length === 0) return [];
  await writer.write('eraseDeleted', folder);
  await rewriteIndexes();
  await writer.write('finishPurges', undefined);
  return purged;
}

/** The end of purges that were interrupted; the indexes are built anew. */
export function finishInterruptedPurges(writer: SqlConnection, folder: string): void {
  if (!hasUnfinishedPurge(writer)) return;
  eraseDeleted(writer, folder);
  removeIndexFiles(folder);
  finishPurges(writer);
}

/** The documents with these external ids, whatever their collection, by external id. */
export function findExternalIds(
  writer: SqlConnection,
  externalIds: readonly string[],
): Map<string, number[]> {
  const rows = writer.query<{ id: number; externalId: string }>(
    `SELECT id, external_id AS externalId FROM documents
     WHERE external_id IN (SELECT value FROM json_each(:names)) ORDER BY id`,
    { names: JSON.stringify(externalIds) },
  );
  const found = new Map<string, number[]>();
  for (const { id, externalId } of rows) {
    found.set(externalId, [...(found.get(externalId) ?? []), id]);
  }
  return found;
}

/** Purges documents of a database that nobody else uses. Returns the ids that existed. */
export function purgeOffline(
  writer: SqlConnection,
  folder: string,
  ids: readonly number[],
): number[] {
  const purged = purgeRows(writer, [...new Set(ids)]);
  finishInterruptedPurges(writer, folder);
  return purged;
}
