/**
 * What has the vectors by which mentions are found: of mentions their owners, of owners their mentions.
 */
import { ofPlace } from './counted-mentions.ts';
import type { Database } from './database.ts';
import {
  type AnyFilter,
  asksTypesAlone,
  type MentionColumns,
  type MentionQuery,
  mentionQueryOf,
  ofMention,
  type PreparedFilter,
  prepareFilter,
} from './mention-conditions.ts';
import { fromSpans, narrowest } from './mention-tables.ts';
import type { MentionRecord } from './records.ts';

const inList = (name: string): string => `IN (SELECT value FROM json_each(:${name}))`;

/** What has a vector and stands for mentions: a surface form its meaning, a span its type. */
export type VectorOwner = 'FORM' | 'SPAN';

/** The least that ranking needs of a mention. */
export interface MentionKey extends Pick<MentionRecord, 'id' | 'documentId' | 'surfaceFormId'> {
  readonly ownerId: number;
}

/** Which mentions of some owners of vectors to give, and how many. */
export interface MentionKeyQuery {
  readonly owner: VectorOwner;
  readonly ownerIds: readonly number[];
  readonly filter: AnyFilter;
  /** Mentions that are passed over. */
  readonly without: readonly number[];
  /** What gives its first mention only, for each owner: a form, a document, or each mention itself. */
  readonly oncePer: 'SURFACE_FORM' | 'DOCUMENT' | 'NONE';
  /** Of these owners only mentions behind this one. */
  readonly after: { readonly ownerIds: readonly number[]; readonly id: number } | null;
  /** So many of each owner. */
  readonly limit: number;
}

interface OwnedMentions extends Pick<MentionQuery, 'conditions' | 'bindings'> {
  readonly from: string;
  readonly columns: MentionColumns;
}

/** Those of forms are side by side in an index of places. */
const placesOfForms = `mention_places p INDEXED BY mention_places_by_form
  CROSS JOIN entity_types t ON t.id = p.entity_type_id`;

/** The plus: SQLite would look each form up in each of the documents that pass. */
const testedOfPlace: MentionColumns = { ...ofPlace, documentId: '+p.document_id' };

/** The mentions that pass the filter, where those of an owner are found soonest. */
async function ownedMentions(
  database: Database,
  owner: VectorOwner,
  filter: AnyFilter,
): Promise<OwnedMentions> {
  const prepared = await prepareFilter(database, filter);
  const placed = await mentionQueryOf(database, prepared, { columns: testedOfPlace });
  if (owner === 'FORM' && !placed.asksMention) {
    return { ...placed, from: placesOfForms, columns: ofPlace };
  }
  return { ...(await mentionQueryOf(database, prepared)), from: fromSpans, columns: ofMention };
}

/** The first mentions of owners of vectors that pass the filter, of each by id. */
export async function mentionKeysOf(
  database: Database,
  { owner, ownerIds, filter, without, oncePer, after, limit }: MentionKeyQuery,
): Promise<MentionKey[]> {
  const owned = await ownedMentions(database, owner, filter);
  const { id, documentId, formId } = owned.columns;
  const column = owner === 'FORM' ? formId : 's.id';
  const group = { SURFACE_FORM: formId, DOCUMENT: documentId, NONE: id }[oncePer];
  const where = [
    ...owned.conditions,
    `${column} ${inList('ownerIds')}`,
    `${id} NOT ${inList('without')}`,
  ];
  // SQLite takes the other columns from the row that has the smallest id.
  const sql = `SELECT id, documentId, surfaceFormId, ownerId FROM (
    SELECT min(${id}) AS id, ${documentId} AS documentId, ${formId} AS surfaceFormId,
    ${column} AS ownerId, row_number() OVER (PARTITION BY ${column} ORDER BY min(${id})) AS place
    FROM ${owned.from} WHERE ${where.join(' AND ')} GROUP BY ${column}, ${group}
    HAVING min(${id}) > :after OR ${column} NOT ${inList('tied')})
    WHERE place <= :limit`;
  return database.reader.query<MentionKey>(sql, {
    ...owned.bindings,
    ownerIds: JSON.stringify(ownerIds),
    without: JSON.stringify(without),
    tied: JSON.stringify(after?.ownerIds ?? []),
    after: after?.id ?? 0,
    limit,
  });
}

/**
 * The ids that a query finds, ascending, each once. As one value and put in order here: SQLite takes longer
 * to do that, and a row for each costs as much again.
 */
async function idsOf(
  { reader }: Database,
  sql: string,
  bindings: MentionQuery['bindings'],
): Promise<Float64Array> {
  const all = `SELECT json_group_array(id) AS ids FROM (${sql})`;
  const [row] = await reader.query<{ ids: string }>(all, bindings);
  const ids = Float64Array.from(JSON.parse(row?.ids ?? '[]') as number[]).sort();
  return ids.filter((id, i) => id !== ids[i - 1]);
}

/** What it costs to find the spans in the place of a mention that passes: microseconds. */
export const microsPerPlace = 4;
const microsPerTyped = 0.5;

/** Microseconds for each mention that passes. One run of an index has those of a type. */
export const microsPerOwner = (filter: PreparedFilter): number =>
  asksTypesAlone(filter) ? microsPerTyped : microsPerPlace;

/** The owners of the mentions that pass the filter, ascending. Cost: reads all of them. */
export async function ownersOfMentions(
  database: Database,
  filter: AnyFilter,
  owner: VectorOwner,
): Promise<Float64Array> {
  const { from, bindings, columns } = await narrowest(database, filter);
  const id = owner === 'FORM' ? columns.formId : columns.spanId;
  return idsOf(database, `SELECT ${id} AS id FROM ${from}`, bindings);
}

/**
 * The spans of the places of the mentions that pass the filter, ascending: also those of other windows
 * that have won the same places. Cost: reads all of them.
 */
export async function placesOfMentions(
  database: Database,
  filter: AnyFilter,
): Promise<Float64Array> {
  const { from, bindings, columns } = await narrowest(database, filter);
  const sql = `SELECT twin.id FROM (SELECT ${columns.documentId} AS document_id,
    ${columns.start} AS start, ${columns.end} AS "end" FROM ${from}) place CROSS JOIN spans twin
    ON twin.document_id = place.document_id AND twin.start = place.start
    AND twin."end" = place."end"`;
  return idsOf(database, sql, bindings);
}
