/**
 * Mentions: listed by filter in a stable order, and found by document, span or surface form.
 */
import { countedMentions, ofPlace } from './counted-mentions.ts';
import type { Database } from './database.ts';
import {
  type AnyFilter,
  type MentionColumns,
  type MentionQuery,
  mentionQueryOf,
  ofMention,
  prepareFilter,
} from './mention-conditions.ts';
import { type MentionRecord, type Page, type PageRequest, pageOf } from './records.ts';

/** What a `MentionRecord` has, of a mention `m`, its span `s` and its type `t`. */
export const mentionColumns = `m.id, m.document_id AS documentId, m.span_id AS spanId,
  s.surface_form_id AS surfaceFormId, m.entity_type_id AS entityTypeId,
  m.type_version AS typeVersion, t.name AS type, s.start, s.end, s.window, s.surface AS text,
  m.score, m.threshold, m.margin, m.source, m.state, m.stated_concept AS statedConcept`;

const fromMentions = `mentions m JOIN spans s ON s.id = m.span_id
  JOIN entity_types t ON t.id = m.entity_type_id`;

/** CROSS JOIN keeps the order of the tables: SQLite does not know how few spans there are. */
const fromSpans = `spans s CROSS JOIN mentions m ON m.span_id = s.id
  CROSS JOIN entity_types t ON t.id = m.entity_type_id`;

const tablesOf = ({ isFromSpans }: Pick<MentionQuery, 'isFromSpans'>): string =>
  isFromSpans ? fromSpans : fromMentions;

const inList = (name: string): string => `IN (SELECT value FROM json_each(:${name}))`;

const whereOf = ({ conditions }: Pick<MentionQuery, 'conditions'>): string =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;

function select(
  database: Database,
  query: Pick<MentionQuery, 'conditions' | 'bindings' | 'isFromSpans'>,
  tail: string,
): Promise<MentionRecord[]> {
  const sql = `SELECT ${mentionColumns} FROM ${tablesOf(query)} ${whereOf(query)} ${tail}`;
  return database.reader.query<MentionRecord>(sql, query.bindings);
}

/** A page of the mentions that pass the filter, in the order they were stored. */
export async function listMentions(
  database: Database,
  filter: AnyFilter,
  { first, after }: PageRequest,
): Promise<Page<MentionRecord>> {
  const { conditions, bindings, isFromSpans } = await mentionQueryOf(database, filter);
  const query = {
    conditions: [...conditions, 'm.id > :after'],
    bindings: { ...bindings, after: after ?? 0, limit: first + 1 },
    isFromSpans,
  };
  return pageOf(await select(database, query, 'ORDER BY m.id LIMIT :limit'), first);
}

/** The mentions that pass a filter, where the rows are narrowest that have what is asked. */
async function narrowest(
  database: Database,
  filter: AnyFilter,
): Promise<{ from: string; bindings: MentionQuery['bindings']; columns: MentionColumns }> {
  const prepared = await prepareFilter(database, filter);
  const { tables, where, bindings, isPlaced } = await countedMentions(database, prepared);
  if (isPlaced) return { from: `${tables} WHERE ${where}`, bindings, columns: ofPlace };
  const query = await mentionQueryOf(database, prepared);
  const from = `${tablesOf(query)} ${whereOf(query)}`;
  return { from, bindings: query.bindings, columns: ofMention };
}

/** How many mentions pass the filter. Cost: about 15 ms per 100,000. */
export async function countMentions(database: Database, filter: AnyFilter): Promise<number> {
  const { from, bindings } = await narrowest(database, filter);
  const sql = `SELECT count(*) AS count FROM ${from}`;
  const [row] = await database.reader.query<{ count: number }>(sql, bindings);
  return row?.count ?? 0;
}

/** How many mentions can be listed at once by `listMentionIds`. */
export const maxListedIds = 100_000;

/** Ids of the mentions that pass the filter, ascending: the first `maxListedIds` and one more. */
export async function listMentionIds(
  database: Database,
  filter: AnyFilter,
): Promise<readonly number[]> {
  const query = await mentionQueryOf(database, filter);
  const sql = `SELECT m.id FROM ${tablesOf(query)} ${whereOf(query)}
    ORDER BY m.id LIMIT ${maxListedIds + 1}`;
  const rows = await database.reader.query<{ id: number }>(sql, query.bindings);
  return rows.map(({ id }) => id);
}

/** The mentions with these ids that exist, by id. */
export async function findMentions(
  database: Database,
  ids: readonly number[],
): Promise<Map<number, MentionRecord>> {
  const query = {
    conditions: [`m.id ${inList('ids')}`],
    bindings: { ids: JSON.stringify(ids) },
    isFromSpans: false,
  };
  return new Map(
    (await select(database, query, 'ORDER BY m.id')).map((mention) => [mention.id, mention]),
  );
}

/** Every mention of these documents, in reading order within each: start, end, type. */
export async function mentionsOfDocuments(
  database: Database,
  documentIds: readonly number[],
): Promise<Map<number, MentionRecord[]>> {
  const rows = await select(
    database,
    await mentionQueryOf(database, { documentIds }),
    'ORDER BY m.document_id, s.start, s.end, t.name, m.id',
  );
  return groupBy(rows, (mention) => mention.documentId, documentIds);
}

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

/** The owners of the mentions that pass the filter, ascending. Cost: reads all of them. */
export async function ownersOfMentions(
  database: Database,
  filter: AnyFilter,
  owner: VectorOwner,
): Promise<Float64Array> {
  const { from, bindings, columns } = await narrowest(database, filter);
  const sql =
    owner === 'FORM'
      ? `SELECT DISTINCT ${columns.formId} AS id FROM ${from} ORDER BY 1`
      : `SELECT DISTINCT o.span_id AS id FROM (SELECT ${columns.id} AS id FROM ${from}) x
         CROSS JOIN mentions o ON o.id = x.id ORDER BY 1`;
  const rows = await database.reader.query<{ id: number }>(sql, bindings);
  return Float64Array.from(rows, ({ id }) => id);
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
  const sql = `SELECT DISTINCT twin.id FROM (SELECT ${columns.documentId} AS document_id,
    ${columns.start} AS start, ${columns.end} AS "end" FROM ${from}) place CROSS JOIN spans twin
    ON twin.document_id = place.document_id AND twin.start = place.start
    AND twin."end" = place."end" ORDER BY 1`;
  const rows = await database.reader.query<{ id: number }>(sql, bindings);
  return Float64Array.from(rows, ({ id }) => id);
}

/** How many of some mentions there are, are in a filter's collection, and pass the filter. */
export interface PassingShare {
  readonly found: number;
  readonly ofCollection: number;
  readonly passing: number;
}

/** Of the mentions with these ids, how many pass the filter. */
export async function passingAmong(
  database: Database,
  filter: AnyFilter,
  ids: readonly number[],
): Promise<PassingShare> {
  const { tables, where, bindings } = await countedMentions(database, filter);
  const sql = `SELECT count(*) AS found, total(t.collection_id IS :collection) AS ofCollection,
    total(${where}) AS passing FROM json_each(:ids) x CROSS JOIN ${tables} WHERE p.id = x.value`;
  const [row] = await database.reader.query<PassingShare>(sql, {
    ...bindings,
    ids: JSON.stringify(ids),
    collection: filter.collectionId ?? null,
  });
  return row ?? { found: 0, ofCollection: 0, passing: 0 };
}

/** How many mentions pass the filter, counted as far as the limit. */
export async function countUpTo(
  database: Database,
  filter: AnyFilter,
  limit: number,
): Promise<number> {
  const { from, bindings } = await narrowest(database, filter);
  const sql = `SELECT count(*) AS count FROM (SELECT 1 FROM ${from} LIMIT :limit)`;
  const [row] = await database.reader.query<{ count: number }>(sql, { ...bindings, limit });
  return row?.count ?? 0;
}

/** The last rows that were stored, whatever has been deleted since; 0 for none. */
export interface LastRows {
  readonly documents: number;
  readonly mentions: number;
  readonly spans: number;
}

/** How far ids have come: what is stored from now on has larger ones. */
export async function lastRows({ reader }: Database): Promise<LastRows> {
  const sql = 'SELECT name, seq AS id FROM sqlite_sequence';
  const rows = await reader.query<{ name: keyof LastRows; id: number }>(sql, {});
  const last = new Map(rows.map(({ name, id }) => [name, id]));
  const of = (table: keyof LastRows): number => last.get(table) ?? 0;
  return { documents: of('documents'), mentions: of('mentions'), spans: of('spans') };
}

function groupBy(
  mentions: readonly MentionRecord[],
  key: (mention: MentionRecord) => number,
  keys: readonly number[],
): Map<number, MentionRecord[]> {
  const groups = new Map<number, MentionRecord[]>(keys.map((value) => [value, []]));
  for (const mention of mentions) groups.get(key(mention))?.push(mention);
  return groups;
}
