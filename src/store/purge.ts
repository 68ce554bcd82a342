/** Erasure: documents of which no file of the data folder holds anything afterwards. */
import type { Database } from './database.ts';

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
  const purgeIds = purged.map(({ purgeId }) => purgeId);
  await writer.write('finishPurges', purgeIds);
  return purged.map(({ documentId }) => documentId);
}
