/**
 * Mentions counted by what they share: type, surface form, document, proposed concept, or what their documents have
 * under a key of their metadata. The database groups and orders; pages are all that leaves it.
 */
import { createBinder } from './binder.ts';
import { type CountedMentions, countedMentions, type NamedValues } from './counted-mentions.ts';
import type { Database } from './database.ts';
import type { AnyFilter } from './mention-conditions.ts';
import { type Page, pageOf } from './records.ts';
import { fewForms, textTest } from './text-filter.ts';

/** How exactly a time is taken. */
export type TimeBucket = 'YEAR' | 'MONTH' | 'DAY';

/** What mentions are counted by. */
export type CountBy =
  | { readonly kind: 'TYPE' }
  /** Only forms that begin with this, ignoring case; "" for all. */
  | { readonly kind: 'SURFACE_FORM'; readonly prefix: string }
  | { readonly kind: 'DOCUMENT' }
  /** The id that a vocabulary has for the concept proposed for the mention. */
  | { readonly kind: 'CONCEPT' }
  /** Each value, or element of a list, that a document has under the key. */
  | { readonly kind: 'METADATA'; readonly key: string }
  /** The same as a date; null for when the document was accepted, in UTC. */
  | { readonly kind: 'TIME'; readonly key: string | null; readonly bucket: TimeBucket };

/** What to count, and by what. */
export interface CountQuery {
  readonly by: CountBy;
  readonly filter: AnyFilter;
}

/** How many mentions share a key. */
export interface MentionCount {
  /** Name, surface form, document's row, id of a concept, value or time. */
  readonly key: string | number;
  readonly mentions: number;
  readonly documents: number;
  /** The first of these mentions. */
  readonly example: number;
}

/** Where in the order a page begins: after this key, which has so many mentions. */
export interface CountPosition {
  readonly count: number;
  readonly key: string | number;
}

/** Which page, in which order: the most mentions first, then by key, or by key alone. */
export interface CountPage {
  readonly first: number;
  readonly after: CountPosition | null;
  readonly order: 'COUNT' | 'KEY';
}

/** A SELECT that gives `key`, `mentions`, `documents` and `example`, with its values. */
export interface Grouped {
  readonly sql: string;
  /** A SELECT of how many mentions there are, in a group or not, with the same values. */
  readonly mentions: string;
  readonly bindings: NamedValues;
}

const byDocument = ({ tables, where }: CountedMentions): string =>
  `SELECT p.document_id AS id, count(*) AS mentions, min(p.id) AS example
   FROM ${tables} WHERE ${where} GROUP BY p.document_id`;

/** By a column that an index of places begins with, followed by the document: nothing is sorted. */
const byColumn = (column: string, { tables, where }: CountedMentions): string =>
  `SELECT ${column} AS part, count(*) AS mentions, count(DISTINCT p.document_id) AS documents,
   min(p.id) AS example FROM ${tables} WHERE ${where} GROUP BY ${column}`;

/** Vocabularies may have the same id: it is counted as one. */
const byConcept = ({ tables, where }: CountedMentions): string =>
  `SELECT k.key, count(*) AS mentions, count(DISTINCT p.document_id) AS documents,
   min(p.id) AS example FROM ${tables} CROSS JOIN mention_concepts n ON n.mention_id = p.id
   CROSS JOIN concepts k ON k.id = n.concept_id WHERE ${where} GROUP BY k.key`;

/** Scalars under a key, those in a list one by one, as text, out of the metadata themselves. */
const writtenValues = `SELECT d.id, CASE e.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'
    ELSE CAST(e.value AS TEXT) END AS value
  FROM documents d JOIN json_each(d.metadata) k ON k.key = :metadataKey
  JOIN json_each(CASE k.type WHEN 'array' THEN k.value WHEN 'true' THEN '[true]'
    WHEN 'false' THEN '[false]' ELSE json_array(k.value) END) e
  WHERE k.type <> 'object' AND e.type IN ('text', 'integer', 'real', 'true', 'false')`;

const underKey = `FROM document_metadata
  WHERE collection_id IN (SELECT id FROM collections) AND key = :metadataKey`;

/** A row ends after 1,501 bytes (migration 0006). */
const isWholeText = 'octet_length(text) <= 1500';
/** A whole number that is larger may have been written with other digits. */
const isWholeNumber = 'abs(number) < 9007199254740992';

/** The same values from their own rows, which end within long texts; the same value once for a document. */
const valuesSql = `SELECT document_id AS id, text AS value ${underKey}
    AND text IS NOT NULL AND ${isWholeText}
  UNION SELECT document_id, CASE WHEN kind = 'BOOLEAN' THEN iif(number, 'true', 'false')
      WHEN number = CAST(number AS INTEGER) THEN CAST(CAST(number AS INTEGER) AS TEXT)
      ELSE CAST(number AS TEXT) END ${underKey} AND number IS NOT NULL AND ${isWholeNumber}
  UNION ${writtenValues} AND d.id IN (
    SELECT document_id ${underKey} AND text IS NOT NULL AND NOT ${isWholeText}
    UNION SELECT document_id ${underKey} AND number IS NOT NULL AND NOT ${isWholeNumber})`;

/** A time cut to its bucket, null for what is no time or not that exact. */
const bucketSql: Readonly<Record<TimeBucket, string>> = {
  YEAR: `CASE WHEN value GLOB '[0-9][0-9][0-9][0-9]' OR value GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]*'
    THEN substr(value, 1, 4) END`,
  MONTH: `CASE WHEN date(substr(value, 1, 7) || '-01') = substr(value, 1, 7) || '-01'
    AND substr(value, 8, 1) IN ('', '-') THEN substr(value, 1, 7) END`,
  DAY: `CASE WHEN date(substr(value, 1, 10)) = substr(value, 1, 10)
    AND substr(value, 11, 1) IN ('', 'T', 't', ' ') THEN substr(value, 1, 10) END`,
};

const formatOf: Readonly<Record<TimeBucket, string>> = {
  YEAR: '%Y',
  MONTH: '%Y-%m',
  DAY: '%Y-%m-%d',
};

/** The key of each document that has one: a SELECT of `id` and `key`. */
function keysSql(by: Extract<CountBy, { kind: 'METADATA' | 'TIME' }>): string {
  if (by.kind === 'METADATA') return `SELECT id, value AS key FROM (${valuesSql})`;
  if (by.key === null) {
    const format = formatOf[by.bucket];
    return `SELECT id, strftime('${format}', created_at / 1000, 'unixepoch') AS key FROM documents`;
  }
  return `SELECT DISTINCT id, key FROM
    (SELECT id, ${bucketSql[by.bucket]} AS key FROM (${valuesSql})) WHERE key IS NOT NULL`;
}

const keyBindings = (by: CountBy): Readonly<Record<string, string>> =>
  (by.kind === 'METADATA' || by.kind === 'TIME') && by.key !== null ? { metadataKey: by.key } : {};

/** The condition on forms that begin so. */
function beginning(prefix: string): { condition: string; bindings: NamedValues } {
  const { bindings, ...binder } = createBinder();
  if (prefix === '') return { condition: 'TRUE', bindings };
  const test = textTest({ prefix }, 'f.text', { bindings, ...binder });
  return {
    condition: `p.surface_form_id IN (SELECT f.id FROM surface_forms f WHERE ${test})`,
    bindings,
  };
}

/** So many forms are looked up in each of few documents; of more, the documents' mentions are gone through. */
const manyForms = 20;

/**
 * The index to go through. SQLite has no idea how many forms begin so: it would look each of thousands up in each
 * of hundreds of documents.
 */
async function indexOfForms(
  { reader }: Database,
  { isFromDocuments, isFromConcepts }: CountedMentions,
  prefix: string,
): Promise<string> {
  if (isFromConcepts) return '';
  const isOfMany = isFromDocuments && (await fewForms(reader, { prefix }, manyForms)) === null;
  // Whatever else there are indexes of, the one by form has the groups in order.
  return `INDEXED BY ${isOfMany ? 'mention_places_by_document' : 'mention_places_by_form'}`;
}

/** Those of the mentions whose forms begin so. */
async function ofForms(
  database: Database,
  counted: CountedMentions,
  prefix: string,
): Promise<CountedMentions> {
  const { condition, bindings } = beginning(prefix);
  const index = await indexOfForms(database, counted, prefix);
  return {
    ...counted,
    tables: counted.tables.replace('mention_places p', `mention_places p ${index}`),
    where: `${counted.where} AND ${condition}`,
    bindings: { ...counted.bindings, ...bindings },
  };
}

const byForm = (counted: CountedMentions): string =>
  `SELECT f.text AS key, g.mentions, g.documents, g.example
   FROM (${byColumn('p.surface_form_id', counted)}) g JOIN surface_forms f ON f.id = g.part`;

function groupsSql(by: CountBy, counted: CountedMentions): string {
  if (by.kind === 'SURFACE_FORM') return byForm(counted);
  if (by.kind === 'TYPE') {
    return `SELECT e.name AS key, g.mentions, g.documents, g.example
      FROM (${byColumn('p.entity_type_id', counted)}) g JOIN entity_types e ON e.id = g.part`;
  }
  if (by.kind === 'CONCEPT') return byConcept(counted);
  if (by.kind === 'DOCUMENT') {
    return `SELECT id AS key, mentions, 1 AS documents, example FROM (${byDocument(counted)})`;
  }
  return `WITH keys AS MATERIALIZED (${keysSql(by)}), counted AS (${byDocument(counted)})
    SELECT k.key, sum(c.mentions) AS mentions, count(*) AS documents, min(c.example) AS example
    FROM counted c JOIN keys k ON k.id = c.id GROUP BY k.key`;
}

/** The groups of the mentions that pass a filter; the prefix is that of `countedMentions`. */
export async function groupedMentions(
  database: Database,
  { by, filter }: CountQuery,
  prefix?: string,
): Promise<Grouped> {
  const all = await countedMentions(database, filter, prefix);
  const counted = by.kind === 'SURFACE_FORM' ? await ofForms(database, all, by.prefix) : all;
  return {
    sql: groupsSql(by, counted),
    mentions: `SELECT count(*) AS count FROM ${counted.tables} WHERE ${counted.where}`,
    bindings: { ...counted.bindings, ...keyBindings(by) },
  };
}

const orders = {
  COUNT: {
    sql: 'mentions DESC, key',
    after: 'mentions < :afterCount OR (mentions = :afterCount AND key > :afterKey)',
  },
  KEY: { sql: 'key', after: 'key > :afterKey' },
} as const;

/** A page of the groups that mentions are in. Cost: reads every mention that passes the filter. */
export async function countMentionsBy(
  database: Database,
  query: CountQuery,
  { first, after, order }: CountPage,
): Promise<Page<MentionCount>> {
  const { sql, bindings } = await groupedMentions(database, query);
  const { sql: ordered, after: isAfter } = orders[order];
  const position: Record<string, string | number> = after ? { afterKey: after.key } : {};
  if (after && order === 'COUNT') position['afterCount'] = after.count;
  const rows = await database.reader.query<MentionCount>(
    `SELECT key, mentions, documents, example FROM (${sql})
     ${after ? `WHERE ${isAfter}` : ''} ORDER BY ${ordered} LIMIT :limit`,
    { ...bindings, ...position, limit: first + 1 },
  );
  return pageOf(rows, first);
}

async function countOf(
  { reader }: Database,
  { sql, bindings }: Pick<Grouped, 'sql' | 'bindings'>,
): Promise<number> {
  const [row] = await reader.query<{ count: number }>(sql, bindings);
  return row?.count ?? 0;
}

/** How many mentions a page is counted from: those that pass the filter, and whose forms begin as asked. */
export async function countCounted(database: Database, query: CountQuery): Promise<number> {
  const { mentions: sql, bindings } = await groupedMentions(database, query);
  return countOf(database, { sql, bindings });
}

/** How many groups there are. Cost: as for a page. */
export async function countKeys(database: Database, query: CountQuery): Promise<number> {
  const { sql, bindings } = await groupedMentions(database, query);
  return countOf(database, { sql: `SELECT count(*) AS count FROM (${sql})`, bindings });
}

/** The condition on a mention that has a key; null where each has one. */
function keyedSql(by: CountBy): string | null {
  if (by.kind === 'CONCEPT') return 'p.id IN (SELECT n.mention_id FROM mention_concepts n)';
  if (by.kind !== 'METADATA' && by.kind !== 'TIME') return null;
  return `p.document_id IN (SELECT id FROM (${keysSql(by)}))`;
}

/** How many mentions pass the filter and are in no group because they have no key. */
export async function countWithoutKey(
  database: Database,
  { by, filter }: CountQuery,
): Promise<number> {
  const isKeyed = keyedSql(by);
  if (isKeyed === null) return 0;
  const { tables, where, bindings } = await countedMentions(database, filter);
  const sql = `SELECT count(*) AS count FROM ${tables} WHERE ${where} AND NOT ${isKeyed}`;
  return countOf(database, { sql, bindings: { ...bindings, ...keyBindings(by) } });
}
