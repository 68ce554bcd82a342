/**
 * Entity types: made, changed, deleted. What the model reads of one is its description (its name when
 * the description is empty); a change of that, or a lower offset, is a new version, and documents that
 * lack it are handed out by `claimRescores`. A higher offset removes what it rules out and no more.
 */
import type { Database } from './database.ts';
import {
  type EntityTypeChange,
  type EntityTypeDraft,
  type EntityTypeRow,
  toEntityTypeRecord,
} from './entity-type-rows.ts';
import type { EntityTypeRecord } from './records.ts';

/** How many documents an entity type's current version has been scored on. */
export interface TypeProgress {
  readonly documentsScored: number;
  /** Documents of the collection that have not failed. */
  readonly documentsTotal: number;
}

/**
 * Makes a type; documents that were read already now lack it.
 *
 * Throws: ENTITY_TYPE_EXISTS; ARGUMENT_INVALID when the collection has as many types as can be asked of a text.
 */
export async function createEntityType(
  { writer }: Database,
  draft: EntityTypeDraft,
): Promise<EntityTypeRecord> {
  return toEntityTypeRecord(await writer.write('createEntityType', draft));
}

/**
 * Changes a type. Its mentions stay until each document has been read for the new version.
 *
 * Returns undefined when there is no such type.
 * Throws: ENTITY_TYPE_EXISTS.
 */
export async function updateEntityType(
  { writer }: Database,
  id: number,
  change: EntityTypeChange,
): Promise<EntityTypeRecord | undefined> {
  const row = await writer.write('updateEntityType', { id, change });
  return row && toEntityTypeRecord(row);
}

/** Deletes a type with its mentions, and what only they used. Returns whether it was there. */
export const deleteEntityType = ({ writer }: Database, id: number): Promise<boolean> =>
  writer.write('deleteEntityType', id);

/** The types of a collection, in the order they were made. */
export async function listEntityTypes(
  { reader }: Database,
  collectionId: number,
): Promise<EntityTypeRecord[]> {
  const rows = await reader.all<EntityTypeRow>('typesOfCollection', { collectionId });
  return rows.map(toEntityTypeRecord);
}

/** The type with this id, if it exists. */
export async function findEntityType(
  { reader }: Database,
  id: number,
): Promise<EntityTypeRecord | undefined> {
  const row = await reader.get<EntityTypeRow>('findType', { id });
  return row && toEntityTypeRecord(row);
}

/** The types with these ids that exist, by id, of whatever collection. */
export async function findEntityTypes(
  { reader }: Database,
  ids: readonly number[],
): Promise<Map<number, EntityTypeRecord>> {
  const rows = await reader.all<EntityTypeRow>('findTypes', { ids: JSON.stringify(ids) });
  return new Map(rows.map((row) => [row.id, toEntityTypeRecord(row)]));
}

/** Keeps a type's vector, unless the type has changed since it was computed. */
export async function keepTypeVector(
  { writer }: Database,
  { id, version }: Pick<EntityTypeRecord, 'id' | 'version'>,
  vector: Float32Array,
): Promise<void> {
  // A copy: what the vector may be a view of stays behind.
  await writer.write('keepTypeVector', { id, version, vector: vector.slice() });
}

/** How far each of these types has been scored, by id. */
export async function progressOfTypes(
  { reader }: Database,
  ids: readonly number[],
): Promise<Map<number, TypeProgress>> {
  const list = { ids: JSON.stringify(ids) };
  const scored = await reader.all<{ id: number; scored: number }>('documentsScored', list);
  const totals = await reader.all<{ id: number; total: number }>('documentsTotal', list);
  const totalOf = new Map(totals.map(({ id, total }) => [id, total]));
  return new Map(
    scored.map((row) => [
      row.id,
      { documentsScored: row.scored, documentsTotal: totalOf.get(row.id) ?? 0 },
    ]),
  );
}
