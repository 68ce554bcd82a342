/** Entity types made, changed and deleted. */
import { maxEntityTypes, type TypeExample } from '../../core/document.ts';
import { appError } from '../../core/errors.ts';
import { invariant } from '../../core/invariant.ts';
import { toBlob } from '../blobs.ts';
import type { SqlConnection } from '../connection.ts';
import { sqliteCode } from '../disk-error.ts';
import type { EntityTypeChange, EntityTypeDraft, EntityTypeRow } from '../entity-type-rows.ts';
import type { ReadMention, ScoredType } from '../reading.ts';
import { removeUnusedSpans } from './spans.ts';

const modelReads = (type: Pick<EntityTypeRow, 'name' | 'description' | 'examples'>): string =>
  `${type.description.trim() === '' ? type.name : type.description}\0${type.examples}`;

/** Makes SQLite's refusal of a second equal name the user's error. */
function withUniqueName<Result>(name: string, write: () => Result): Result {
  try {
    return write();
  } catch (error) {
    if (sqliteCode(error) !== 'SQLITE_CONSTRAINT_UNIQUE') throw error;
    throw appError('ENTITY_TYPE_EXISTS', { name }, error);
  }
}

const read = (writer: SqlConnection, id: number): EntityTypeRow | undefined =>
  writer.get<EntityTypeRow>('findType', { id });

/** A document is read for all of them at once. Throws: ARGUMENT_INVALID. */
function checkRoom(writer: SqlConnection, collectionId: number): void {
  const { count = 0 } = writer.get<{ count: number }>('countTypes', { collectionId }) ?? {};
  if (count < maxEntityTypes) return;
  const rule = `at most ${maxEntityTypes}`;
  const argument = 'The entity types of a collection';
  throw appError('ARGUMENT_INVALID', { argument, rule, value: count + 1 });
}

/** Makes a type. Throws: ENTITY_TYPE_EXISTS; ARGUMENT_INVALID for one too many. */
export function createEntityType(writer: SqlConnection, draft: EntityTypeDraft): EntityTypeRow {
  const { collectionId, name, description, examples = [], offset = 0 } = draft;
  const id = withUniqueName(name, () =>
    writer.transaction(() => {
      checkRoom(writer, collectionId);
      const row = { collectionId, name, description, offset, now: Date.now() };
      const { lastId } = writer.run('insertType', { ...row, examples: JSON.stringify(examples) });
      writer.run('raiseTypesRevision', { id: collectionId });
      return lastId;
    }),
  );
  const created = read(writer, id);
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

/** Whether a document has not been deleted since it was looked at. */
const isThere = (writer: SqlConnection, documentId: number): boolean =>
  writer.get('collectionOf', { id: documentId }) !== undefined;

/** What to change of which type. */
export interface UpdateEntityType {
  readonly id: number;
  readonly change: EntityTypeChange;
}

/** Those examples that may stay: where none of them is positive, none. */
function examplesWithout(
  examples: readonly TypeExample[],
  isGone: (documentId: number) => boolean,
): readonly TypeExample[] {
  const left = examples.filter(({ documentId }) => documentId === undefined || !isGone(documentId));
  return left.some(({ isPositive }) => isPositive) ? left : [];
}

/**
 * Takes from types the examples that decisions in a document gave them, before it goes. Such a type is a new
 * version: what it was given by the document moves its vector no more.
 */
export function forgetExamples(writer: SqlConnection, documentId: number): void {
  for (const { id } of writer.all<{ id: number }>('typesTaughtBy', { documentId })) {
    const type = read(writer, id);
    invariant(type, 'a type that was found is there');
    const examples = JSON.parse(type.examples) as TypeExample[];
    const { name, description, offset, collectionId } = type;
    const left = examplesWithout(examples, (each) => each === documentId);
    const row = { id, name, description, offset, version: type.version + 1, now: Date.now() };
    writer.run('updateType', { ...row, examples: JSON.stringify(left) });
    writer.run('raiseTypesRevision', { id: collectionId });
  }
}

/** Changes a type, if there is one. Throws: ENTITY_TYPE_EXISTS. */
export function updateEntityType(
  writer: SqlConnection,
  { id, change }: UpdateEntityType,
): EntityTypeRow | undefined {
  const current = read(writer, id);
  if (!current) return undefined;
  const name = change.name ?? current.name;
  const description = change.description ?? current.description;
  const examples = change.examples
    ? JSON.stringify(examplesWithout(change.examples, (document) => !isThere(writer, document)))
    : current.examples;
  const offset = change.offset ?? current.offset;
  const isNewVersion =
    modelReads({ name, description, examples }) !== modelReads(current) || offset < current.offset;
  const version = isNewVersion ? current.version + 1 : current.version;
  withUniqueName(name, () =>
    writer.transaction(() => {
      const row = { id, name, description, examples, offset, version, now: Date.now() };
      writer.run('updateType', row);
      if (offset > current.offset) removeUpToMargin(writer, id, offset);
      if (isNewVersion) writer.run('raiseTypesRevision', { id: current.collectionId });
    }),
  );
  return read(writer, id);
}

/** Deletes a type with its mentions, and what only they used. Returns whether it was there. */
export const deleteEntityType = (writer: SqlConnection, id: number): boolean =>
  writer.transaction(() => {
    const spans = writer.all<{ id: number; formId: number }>('spansOfType', { entityTypeId: id });
    writer.run('deleteMentionsOfType', { entityTypeId: id });
    removeUnusedSpans(writer, spans);
    return writer.run('deleteType', { id }).changes > 0;
  });

/** A type's vector under the current model. */
export interface KeepTypeVector {
  readonly id: number;
  readonly version: number;
  readonly vector: Float32Array;
}

/** Keeps a type's vector, unless the type has changed since it was computed. */
export function keepTypeVector(
  writer: SqlConnection,
  { id, version, vector }: KeepTypeVector,
): void {
  writer.run('setEntityTypeVector', { id, version, vector: toBlob(vector) });
}
