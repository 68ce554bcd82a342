/**
 * Entity types: made, changed, deleted. What the model reads of one is its description (its name when
 * the description is empty); a change of that, or a lower offset, is a new version, and documents that
 * lack it are handed out by `claimRescores`. A higher offset removes what it rules out and no more.
 */
import { appError } from '../core/errors.ts';
import { invariant } from '../core/invariant.ts';
import { fromBlob, toBlob } from './blobs.ts';
import { type SqlConnection, sqliteCode } from './connection.ts';
import type { Database } from './database.ts';
import { type ReadMention, removeUnusedSpans, type ScoredType } from './reading.ts';
import type { EntityTypeRecord } from './records.ts';

/** An entity type as it is given. */
export interface EntityTypeDraft {
  readonly collectionId: number;
  readonly name: string;
  readonly description: string;
  /** Default: 0. */
  readonly offset?: number | undefined;
}

/** What may change of an entity type. */
export interface EntityTypeChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly offset?: number | undefined;
}

/** How many documents an entity type's current version has been scored on. */
export interface TypeProgress {
  readonly documentsScored: number;
  /** Documents of the collection that have not failed. */
  readonly documentsTotal: number;
}

/** A row of `entity_types` as the statements give it. */
export interface EntityTypeRow {
  readonly id: number;
  readonly collectionId: number;
  readonly name: string;
  readonly description: string;
  readonly version: number;
  readonly offset: number;
  readonly vector: Uint8Array | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The record of a row. */
export const toEntityTypeRecord = (row: EntityTypeRow): EntityTypeRecord => ({
  ...row,
  vector: row.vector === null ? null : fromBlob(row.vector),
  createdAt: new Date(row.createdAt),
  updatedAt: new Date(row.updatedAt),
});

const modelReads = (type: { name: string; description: string }): string =>
  type.description.trim() === '' ? type.name : type.description;

/** Makes SQLite's refusal of a second equal name the user's error. */
function withUniqueName<Result>(name: string, write: () => Result): Result {
  try {
    return write();
  } catch (error) {
    if (sqliteCode(error) !== 'SQLITE_CONSTRAINT_UNIQUE') throw error;
    throw appError('ENTITY_TYPE_EXISTS', { name }, error);
  }
}

function read({ writer }: Database, id: number): EntityTypeRecord | undefined {
  const row = writer.get<EntityTypeRow>('findType', { id });
  return row && toEntityTypeRecord(row);
}

/**
 * Makes a type; documents that were read already now lack it.
 *
 * Throws: ENTITY_TYPE_EXISTS.
 */
export async function createEntityType(
  database: Database,
  draft: EntityTypeDraft,
): Promise<EntityTypeRecord> {
  const { writer } = database;
  const { collectionId, name, description, offset = 0 } = draft;
  const id = withUniqueName(name, () =>
    writer.transaction(() => {
      const { lastId } = writer.run('insertType', {
        collectionId,
        name,
        description,
        offset,
        now: Date.now(),
      });
      writer.run('raiseTypesRevision', { id: collectionId });
      return lastId;
    }),
  );
  const created = read(database, id);
  invariant(created, 'A type that was inserted is there.');
  return created;
}

/** Removes what the model found no surer than a margin. */
function removeUpToMargin(writer: SqlConnection, entityTypeId: number, margin: number): void {
  const spans = writer.all<{ id: number; formId: number }>('spansUpToMargin', {
    entityTypeId,
    margin,
  });
  writer.run('deleteMentionsUpToMargin', { entityTypeId, margin });
  removeUnusedSpans(writer, spans);
}

/** Those mentions that are above the offset their type has by now: it may be higher than when they were read. */
export function aboveOffsets(
  writer: SqlConnection,
  types: readonly ScoredType[],
  mentions: readonly ReadMention[],
): readonly ReadMention[] {
  const offsets = new Map(
    types.map(({ id, name }) => [name, writer.get<EntityTypeRow>('findType', { id })?.offset]),
  );
  return mentions.filter(({ type, margin }) => margin > (offsets.get(type) ?? -Infinity));
}

/**
 * Changes a type. Its mentions stay until each document has been read for the new version.
 *
 * Returns undefined when there is no such type.
 * Throws: ENTITY_TYPE_EXISTS.
 */
export async function updateEntityType(
  database: Database,
  id: number,
  change: EntityTypeChange,
): Promise<EntityTypeRecord | undefined> {
  const { writer } = database;
  const current = read(database, id);
  if (!current) return undefined;
  const name = change.name ?? current.name;
  const description = change.description ?? current.description;
  const offset = change.offset ?? current.offset;
  const isNewVersion =
    modelReads({ name, description }) !== modelReads(current) || offset < current.offset;
  const version = isNewVersion ? current.version + 1 : current.version;
  withUniqueName(name, () =>
    writer.transaction(() => {
      writer.run('updateType', { id, name, description, offset, version, now: Date.now() });
      if (offset > current.offset) removeUpToMargin(writer, id, offset);
      if (isNewVersion) writer.run('raiseTypesRevision', { id: current.collectionId });
    }),
  );
  return read(database, id);
}

/** Deletes a type with its mentions, and what only they used. Returns whether it was there. */
export async function deleteEntityType({ writer }: Database, id: number): Promise<boolean> {
  return writer.transaction(() => {
    const spans = writer.all<{ id: number; formId: number }>('spansOfType', { entityTypeId: id });
    writer.run('deleteMentionsOfType', { entityTypeId: id });
    removeUnusedSpans(writer, spans);
    return writer.run('deleteType', { id }).changes > 0;
  });
}

/** The types of a collection, in the order they were made. */
export async function listEntityTypes(
  { reader }: Database,
  collectionId: number,
): Promise<EntityTypeRecord[]> {
  return reader.all<EntityTypeRow>('typesOfCollection', { collectionId }).map(toEntityTypeRecord);
}

/** The type with this id, if it exists. */
export async function findEntityType(
  database: Database,
  id: number,
): Promise<EntityTypeRecord | undefined> {
  return read(database, id);
}

/** Keeps a type's vector, unless the type has changed since it was computed. */
export async function keepTypeVector(
  { writer }: Database,
  type: Pick<EntityTypeRecord, 'id' | 'version'>,
  vector: Float32Array,
): Promise<void> {
  const { id, version } = type;
  writer.run('setEntityTypeVector', { id, version, vector: toBlob(vector) });
}

/** How far each of these types has been scored, by id. */
export async function progressOfTypes(
  { reader }: Database,
  ids: readonly number[],
): Promise<Map<number, TypeProgress>> {
  const list = { ids: JSON.stringify(ids) };
  const scored = reader.all<{ id: number; scored: number }>('documentsScored', list);
  const totals = reader.all<{ id: number; total: number }>('documentsTotal', list);
  const totalOf = new Map(totals.map(({ id, total }) => [id, total]));
  return new Map(
    scored.map((row) => [
      row.id,
      { documentsScored: row.scored, documentsTotal: totalOf.get(row.id) ?? 0 },
    ]),
  );
}
