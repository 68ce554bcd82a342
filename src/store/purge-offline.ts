/** Erasure in a data folder that no server uses. */
import type { SqlConnection } from './connection.ts';
import { finishInterruptedPurges, purgeRows } from './writes/purge.ts';

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
  return purged.map(({ documentId }) => documentId);
}
