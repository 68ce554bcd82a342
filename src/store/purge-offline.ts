/** Erasure in a data folder that no server uses. */
import type { SqlConnection } from './connection.ts';
import { finishInterruptedPurges, purgeRows } from './writes/purge.ts';

/** Users' own ids of documents. */
export interface ExternalIds {
  readonly externalIds: readonly string[];
  /** The collection that they are looked for in; null for all. */
  readonly collectionId: number | null;
}

/** The documents with these external ids, by external id. */
export function findExternalIds(
  writer: SqlConnection,
  { externalIds, collectionId }: ExternalIds,
): Map<string, number[]> {
  const rows = writer.query<{ id: number; externalId: string }>(
    `SELECT id, external_id AS externalId FROM documents
     WHERE external_id IN (SELECT value FROM json_each(:names))
     AND (:collectionId IS NULL OR collection_id = :collectionId) ORDER BY id`,
    { names: JSON.stringify(externalIds), collectionId },
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
