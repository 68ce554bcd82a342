/**
 * Mentions: listed by filter in a stable order, and found by document, span or surface form.
 */
import type { Database } from './database.ts';
import { type AnyFilter, type MentionQuery, mentionQueryOf } from './mention-conditions.ts';
import { type MentionRecord, type Page, type PageRequest, pageOf } from './records.ts';

const columns = `m.id, m.document_id AS documentId, m.span_id AS spanId,
  s.surface_form_id AS surfaceFormId, m.entity_type_id AS entityTypeId,
  m.type_version AS typeVersion, t.name AS type, s.start, s.end, s.window, s.surface AS text,
  m.score, m.threshold, m.margin, m.source, m.state`;

const fromMentions = `mentions m JOIN spans s ON s.id = m.span_id
  JOIN entity_types t ON t.id = m.entity_type_id`;

/** CROSS JOIN keeps the order of the tables: SQLite does not know how few spans there are. */
const fromSpans = `spans s CROSS JOIN mentions m ON m.span_id = s.id
  CROSS JOIN entity_types t ON t.id = m.entity_type_id`;

const tablesOf = ({ isFromSpans }: MentionQuery): string =>
  isFromSpans ? fromSpans : fromMentions;

const inList = (name: string): string => `IN (SELECT value FROM json_each(:${name}))`;

const whereOf = ({ conditions }: MentionQuery): string =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;

function select(database: Database, query: MentionQuery, tail: string): Promise<MentionRecord[]> {
  const sql = `SELECT ${columns} FROM ${tablesOf(query)} ${whereOf(query)} ${tail}`;
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

/** How many mentions pass the filter. Cost: reads all of them. */
export async function countMentions(database: Database, filter: AnyFilter): Promise<number> {
  const query = await mentionQueryOf(database, filter);
  const sql = `SELECT count(*) AS count FROM ${tablesOf(query)} ${whereOf(query)}`;
  const [row] = await database.reader.query<{ count: number }>(sql, query.bindings);
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

/** The mentions of these spans, by span. */
export async function mentionsOfSpans(
  database: Database,
  spanIds: readonly number[],
  filter: AnyFilter = {},
): Promise<Map<number, MentionRecord[]>> {
  const { conditions, bindings } = await mentionQueryOf(database, filter);
  const query = {
    conditions: [...conditions, `s.id ${inList('spanIds')}`],
    bindings: { ...bindings, spanIds: JSON.stringify(spanIds) },
    isFromSpans: true,
  };
  return groupBy(
    await select(database, query, 'ORDER BY m.id'),
    (mention) => mention.spanId,
    spanIds,
  );
}

/** The least that ranking needs of a mention. */
export type MentionKey = Pick<MentionRecord, 'id' | 'documentId' | 'surfaceFormId'>;

/** Which mentions of some surface forms to give, and how many. */
export interface MentionKeyQuery {
  readonly formIds: readonly number[];
  readonly filter: AnyFilter;
  /** Mentions that are passed over. */
  readonly without: readonly number[];
  /** What gives its first mention only: each form, each document, or each mention itself. */
  readonly oncePer: 'SURFACE_FORM' | 'DOCUMENT' | 'NONE';
  /** Only ids greater than this one. */
  readonly after: number;
  readonly limit: number;
}

const groupColumn = {
  SURFACE_FORM: 's.surface_form_id',
  DOCUMENT: 'm.document_id',
  NONE: 'm.id',
} as const;

/** The first mentions of surface forms that pass the filter, by id. */
export async function mentionKeysOfForms(
  database: Database,
  { formIds, filter, without, oncePer, after, limit }: MentionKeyQuery,
): Promise<MentionKey[]> {
  const { conditions, bindings } = await mentionQueryOf(database, filter);
  const where = [
    ...conditions,
    `s.surface_form_id ${inList('formIds')}`,
    `m.id NOT ${inList('without')}`,
  ];
  // SQLite takes the other columns from the row that has the smallest id.
  const sql = `SELECT min(m.id) AS id, m.document_id AS documentId,
    s.surface_form_id AS surfaceFormId
    FROM ${fromSpans}
    WHERE ${where.join(' AND ')} GROUP BY ${groupColumn[oncePer]}
    HAVING min(m.id) > :after ORDER BY 1 LIMIT :limit`;
  const lists = { formIds: JSON.stringify(formIds), without: JSON.stringify(without) };
  return database.reader.query<MentionKey>(sql, { ...bindings, ...lists, after, limit });
}

/** The surface forms of the mentions that pass the filter, ascending. Cost: reads all of them. */
export async function formsOfMentions(
  database: Database,
  filter: AnyFilter,
): Promise<Float64Array> {
  const query = await mentionQueryOf(database, filter);
  const sql = `SELECT DISTINCT s.surface_form_id AS id
    FROM ${tablesOf(query)} ${whereOf(query)} ORDER BY 1`;
  const rows = await database.reader.query<{ id: number }>(sql, query.bindings);
  return Float64Array.from(rows, ({ id }) => id);
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
