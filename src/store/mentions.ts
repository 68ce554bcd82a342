/**
 * Mentions: listed by filter in a stable order, and found by document, span or surface form.
 */
import { countedMentions } from './counted-mentions.ts';
import type { Database } from './database.ts';
import { type AnyFilter, type MentionQuery, mentionQueryOf } from './mention-conditions.ts';
import { narrowest, tablesOf, whereOf } from './mention-tables.ts';
import { type MentionRecord, type Page, type PageRequest, pageOf } from './records.ts';

/** What a `MentionRecord` has, of a mention `m`, its span `s` and its type `t`. */
export const mentionColumns = `m.id, m.document_id AS documentId, m.span_id AS spanId,
  s.surface_form_id AS surfaceFormId, m.entity_type_id AS entityTypeId,
  m.type_version AS typeVersion, t.name AS type, s.start, s.end, s.window, s.surface AS text,
  m.score, m.threshold, m.margin, m.source, m.state, m.stated_concept AS statedConcept`;

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
    conditions: ['m.id IN (SELECT value FROM json_each(:ids))'],
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
