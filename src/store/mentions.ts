/**
 * Mentions: listed by filter in a stable order, and found by document, span or surface form.
 */
import type { Database } from './database.ts';
import {
  type MentionRecord,
  type MentionState,
  type Page,
  type PageRequest,
  pageOf,
} from './records.ts';
import { formCondition, type TextFilter } from './text-filter.ts';

/** Which mentions. Conditions that are given must all hold; a list must contain the value. */
export interface MentionFilter {
  readonly collectionId?: number | undefined;
  readonly typeIds?: readonly number[] | undefined;
  readonly documentIds?: readonly number[] | undefined;
  /** Case is ignored, as by `surfaceForm`. */
  readonly text?: TextFilter | undefined;
  readonly minMargin?: number | undefined;
  readonly states?: readonly MentionState[] | undefined;
}

/** The states of mentions that are listed unless others are asked for. */
export const listedStates: readonly MentionState[] = ['UNREVIEWED', 'ACCEPTED'];

interface Query {
  readonly conditions: string[];
  readonly bindings: Record<string, string | number>;
  /** True when few spans pass: SQLite is told to begin with them. */
  readonly isFromSpans: boolean;
}

const columns = `m.id, m.document_id AS documentId, m.span_id AS spanId,
  s.surface_form_id AS surfaceFormId, m.entity_type_id AS entityTypeId,
  m.type_version AS typeVersion, t.name AS type, s.start, s.end, s.window, s.surface AS text,
  m.score, m.threshold, m.margin, m.source, m.state`;

const fromMentions = `mentions m JOIN spans s ON s.id = m.span_id
  JOIN entity_types t ON t.id = m.entity_type_id`;

/** CROSS JOIN keeps the order of the tables: SQLite does not know how few spans there are. */
const fromSpans = `spans s CROSS JOIN mentions m ON m.span_id = s.id
  CROSS JOIN entity_types t ON t.id = m.entity_type_id`;

const tablesOf = ({ isFromSpans }: Query): string => (isFromSpans ? fromSpans : fromMentions);

const inList = (name: string): string => `IN (SELECT value FROM json_each(:${name}))`;

/** The conditions of a filter; that on the text asks the database how many forms it has. */
export async function conditionsOf({ reader }: Database, filter: MentionFilter): Promise<Query> {
  const query = conditionsBesideText(filter);
  if (!filter.text) return query;
  const { condition, bindings, isNarrow } = await formCondition(reader, filter.text);
  return {
    conditions: [...query.conditions, condition],
    bindings: { ...query.bindings, ...bindings },
    isFromSpans: isNarrow,
  };
}

/** In their index alone: what counts mentions without reading their rows need not begin to. */
const rejectedIds = `SELECT r.id FROM mentions r WHERE r.state <> 'UNREVIEWED' AND r.state = 'REJECTED'`;

/** Literals, so that reviewed mentions, which are few, are found by their index. */
function stateCondition(states: readonly MentionState[]): string {
  if (states === listedStates) return `m.id NOT IN (${rejectedIds})`;
  const among = `m.state IN (${states.map((state) => `'${state}'`).join(', ')})`;
  return states.includes('UNREVIEWED') ? among : `m.state <> 'UNREVIEWED' AND ${among}`;
}

function conditionsBesideText(filter: MentionFilter): Query {
  const { collectionId, typeIds, documentIds, minMargin } = filter;
  const query: Query = { conditions: [], bindings: {}, isFromSpans: false };
  const add = (condition: string, name: string, value: string | number) => {
    query.conditions.push(condition);
    query.bindings[name] = value;
  };
  if (collectionId !== undefined) {
    // The plus keeps SQLite from going through the collection's types first and sorting everything.
    add('+t.collection_id = :collectionId', 'collectionId', collectionId);
  }
  // One type's mentions are in the order of their ids in an index; those of several are sorted.
  const [onlyType] = typeIds?.length === 1 ? typeIds : [];
  if (onlyType !== undefined) add('m.entity_type_id = :typeId', 'typeId', onlyType);
  else if (typeIds) {
    add(`m.entity_type_id ${inList('typeIds')}`, 'typeIds', JSON.stringify(typeIds));
  }
  if (documentIds) {
    add(`m.document_id ${inList('documentIds')}`, 'documentIds', JSON.stringify(documentIds));
  }
  if (minMargin !== undefined) add('m.margin >= :minMargin', 'minMargin', minMargin);
  if (filter.states) query.conditions.push(stateCondition(filter.states));
  return query;
}

function select(database: Database, query: Query, tail: string): Promise<MentionRecord[]> {
  const where = query.conditions.length === 0 ? '' : `WHERE ${query.conditions.join(' AND ')}`;
  const sql = `SELECT ${columns} FROM ${tablesOf(query)} ${where} ${tail}`;
  return database.reader.query<MentionRecord>(sql, query.bindings);
}

/** A page of the mentions that pass the filter, in the order they were stored. */
export async function listMentions(
  database: Database,
  filter: MentionFilter,
  { first, after }: PageRequest,
): Promise<Page<MentionRecord>> {
  const { conditions, bindings, isFromSpans } = await conditionsOf(database, filter);
  const query = {
    conditions: [...conditions, 'm.id > :after'],
    bindings: { ...bindings, after: after ?? 0, limit: first + 1 },
    isFromSpans,
  };
  return pageOf(await select(database, query, 'ORDER BY m.id LIMIT :limit'), first);
}

/** How many mentions pass the filter. Cost: reads all of them. */
export async function countMentions(database: Database, filter: MentionFilter): Promise<number> {
  const query = await conditionsOf(database, filter);
  const where = query.conditions.length === 0 ? '' : `WHERE ${query.conditions.join(' AND ')}`;
  const sql = `SELECT count(*) AS count FROM ${tablesOf(query)} ${where}`;
  const [row] = await database.reader.query<{ count: number }>(sql, query.bindings);
  return row?.count ?? 0;
}

/** How many mentions can be listed at once by `listMentionIds`. */
export const maxListedIds = 100_000;

/** Ids of the mentions that pass the filter, ascending: the first `maxListedIds` and one more. */
export async function listMentionIds(
  database: Database,
  filter: MentionFilter,
): Promise<readonly number[]> {
  const query = await conditionsOf(database, filter);
  const where = query.conditions.length === 0 ? '' : `WHERE ${query.conditions.join(' AND ')}`;
  const sql = `SELECT m.id FROM ${tablesOf(query)} ${where} ORDER BY m.id LIMIT ${maxListedIds + 1}`;
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
    await conditionsOf(database, { documentIds }),
    'ORDER BY m.document_id, s.start, s.end, t.name, m.id',
  );
  return groupBy(rows, (mention) => mention.documentId, documentIds);
}

/** The mentions of these spans, by span. */
export async function mentionsOfSpans(
  database: Database,
  spanIds: readonly number[],
  filter: MentionFilter = {},
): Promise<Map<number, MentionRecord[]>> {
  const { conditions, bindings } = await conditionsOf(database, filter);
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
  readonly filter: MentionFilter;
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
  const { conditions, bindings } = await conditionsOf(database, filter);
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
  filter: MentionFilter,
): Promise<Float64Array> {
  const query = await conditionsOf(database, filter);
  const where = query.conditions.length === 0 ? '' : `WHERE ${query.conditions.join(' AND ')}`;
  const sql = `SELECT DISTINCT s.surface_form_id AS id FROM ${tablesOf(query)} ${where} ORDER BY 1`;
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
