/**
 * Which mentions are near which: counted in units that are documents, sentences or windows.
 */
import { appError } from '../core/errors.ts';
import { type CountedMentions, countedMentions, type NamedValues } from './counted-mentions.ts';
import type { Database } from './database.ts';
import type { AnyFilter } from './mention-conditions.ts';
import { type Page, pageOf } from './records.ts';

/** What two mentions must be in together. */
export type CoOccurrenceUnit = 'DOCUMENT' | 'SENTENCE' | 'WINDOW';

/** What to count. */
export interface CoOccurrenceQuery {
  readonly collectionId: number;
  readonly of: AnyFilter;
  readonly with: AnyFilter;
  readonly within: CoOccurrenceUnit;
  /** PARTNER: each form that is near any mention of `of`. PAIR: each form of `of` by itself, too. */
  readonly by: 'PARTNER' | 'PAIR';
  /** Pairs that are together in fewer units are left out. */
  readonly minCount: number;
}

/** Two forms that occur together. */
export interface CoOccurrence {
  /** Null where all mentions of `of` count as one. */
  readonly of: string | null;
  readonly with: string;
  /** Units that have both, in places that do not overlap. */
  readonly count: number;
  readonly ofCount: number;
  readonly withCount: number;
  /** Normalised pointwise mutual information, to 6 decimals. */
  readonly npmi: number;
  readonly ofExample: number;
  readonly withExample: number;
  /** What pairs with equal numbers are ordered by. */
  readonly key: string;
}

/** Which page, in which order. */
export interface CoOccurrencePage {
  readonly first: number;
  readonly order: 'COUNT' | 'NPMI';
  /** After the pair that has this number and key. */
  readonly after: { readonly value: number; readonly key: string } | null;
}

/** How units are found. A unit is a document and a number within it. */
interface UnitSql {
  /** Joined to a mention's place `p`, where its row does not say the unit. */
  readonly join: string;
  readonly number: string;
  /** Columns of the unit that the other mention is compared with. */
  readonly columns: string;
  /** The other mention's place `p` is in the unit of `a`. */
  readonly isShared: string;
  /** How many there are in the collection. */
  readonly total: string;
}

const documentsOf = 'SELECT d.id FROM documents d WHERE d.collection_id = :collectionId';

const units: Readonly<Record<CoOccurrenceUnit, UnitSql>> = {
  DOCUMENT: {
    join: '',
    number: '0',
    columns: '',
    isShared: 'TRUE',
    total: `SELECT count(*) AS total FROM (${documentsOf})`,
  },
  SENTENCE: {
    join: '',
    number: 'p.sentence',
    columns: '',
    isShared: 'p.sentence = a.unit',
    total: `SELECT count(*) AS total FROM sentences WHERE document_id IN (${documentsOf})`,
  },
  WINDOW: {
    join: `CROSS JOIN windows w ON w.document_id = p.document_id
      AND w.start <= p.start AND w."end" >= p."end"`,
    number: 'w.position',
    columns: ', w.start AS unitStart, w."end" AS unitEnd',
    isShared: 'p.start >= a.unitStart AND p."end" <= a.unitEnd',
    total: `SELECT count(*) AS total FROM windows WHERE document_id IN (${documentsOf})`,
  },
};

/** A unit as one number. */
const codeOf = (document: string, number: string): string => `(${document} << 32 | ${number})`;

/** The parts of a query that differ by what is counted. */
interface Parts {
  readonly unit: UnitSql;
  readonly of: CountedMentions;
  readonly with: CountedMentions;
  readonly isPaired: boolean;
}

/** Pairs of forms with their counts; examples are the first pair of mentions, by id. */
function pairsSql({ unit, of, with: other, isPaired }: Parts): string {
  const ofForm = isPaired ? 'a.form' : '0';
  return `WITH a AS MATERIALIZED (SELECT p.id, p.document_id, p.surface_form_id AS form, p.start,
      p."end", ${unit.number} AS unit ${unit.columns}
      FROM ${of.tables} ${unit.join} WHERE ${of.where}),
    pairs AS MATERIALIZED (SELECT ${ofForm} AS ofForm, p.surface_form_id AS withForm,
      count(DISTINCT ${codeOf('a.document_id', 'a.unit')}) AS count,
      min(a.id << 32 | p.id) AS example
      FROM a CROSS JOIN ${other.tables} WHERE p.document_id = a.document_id AND ${unit.isShared}
      AND p.surface_form_id <> a.form AND (p."end" <= a.start OR p.start >= a."end")
      AND ${other.where} GROUP BY 1, 2 HAVING count >= :minCount),
    ofCounts AS (SELECT ${ofForm} AS form, count(DISTINCT ${codeOf('a.document_id', 'a.unit')}) AS count
      FROM a GROUP BY 1),
    withCounts AS (SELECT p.surface_form_id AS form,
      count(DISTINCT ${codeOf('p.document_id', unit.number)}) AS count
      FROM ${other.tables} ${unit.join}
      WHERE p.surface_form_id IN (SELECT withForm FROM pairs) AND ${other.where} GROUP BY 1),
    units AS MATERIALIZED (${unit.total})`;
}

/** ln(p(a, b) / (p(a) p(b))) / -ln p(a, b); 1 for what is in every unit together. */
const npmiSql = `round(iif(x.count = units.total, 1.0,
  ln(x.count * 1.0 * units.total / (o.count * 1.0 * w.count)) / -ln(x.count * 1.0 / units.total)), 6)`;

const orders = { COUNT: 'count', NPMI: 'npmi' } as const;

function pageSql(pairs: string, { order, after }: CoOccurrencePage): string {
  const value = orders[order];
  const isAfter = `WHERE ${value} < :afterValue OR (${value} = :afterValue AND key > :afterKey)`;
  return `${pairs} SELECT * FROM (SELECT f.text AS "of", g.text AS "with",
      json_array(f.text, g.text) AS key, x.count, o.count AS ofCount, w.count AS withCount,
      ${npmiSql} AS npmi, x.example >> 32 AS ofExample, x.example & 4294967295 AS withExample
    FROM pairs x CROSS JOIN units JOIN ofCounts o ON o.form = x.ofForm
    JOIN withCounts w ON w.form = x.withForm JOIN surface_forms g ON g.id = x.withForm
    LEFT JOIN surface_forms f ON f.id = x.ofForm)
    ${after ? isAfter : ''} ORDER BY ${value} DESC, key LIMIT :limit`;
}

/** Most pairs of mentions that are looked at: some seconds in a reader's thread. */
const maxPairs = 20_000_000;

/** How many pairs of mentions are in one unit, at most: overlapping and equal ones are counted here. */
const looksSql = ({ unit, of, with: other }: Parts): string => {
  const counts = ({ tables, where }: CountedMentions, among: string): string =>
    `SELECT p.document_id AS document, ${unit.number} AS number, count(*) AS mentions
     FROM ${tables} ${unit.join} WHERE ${where} ${among} GROUP BY 1, 2`;
  return `WITH a AS MATERIALIZED (${counts(of, '')}),
    b AS (${counts(other, 'AND p.document_id IN (SELECT document FROM a)')})
    SELECT coalesce(sum(a.mentions * b.mentions), 0) AS looks
    FROM a JOIN b ON b.document = a.document AND b.number = a.number`;
};

/** Throws: OPERATION_TOO_COMPLEX. */
async function checkPairs({ reader }: Database, parts: Parts): Promise<void> {
  const bindings = { ...parts.of.bindings, ...parts.with.bindings };
  const [row] = await reader.query<{ looks: number }>(looksSql(parts), bindings);
  const value = row?.looks ?? 0;
  if (value <= maxPairs) return;
  throw appError('OPERATION_TOO_COMPLEX', { what: 'pairs of mentions', max: maxPairs, value });
}

/**
 * A page of what occurs together.
 *
 * Throws: OPERATION_TOO_COMPLEX when 20,000,000 pairs of mentions do not do.
 * Cost: reads every mention that passes `of` and all that is in its units; all of the forms found.
 */
export async function findCoOccurrences(
  database: Database,
  query: CoOccurrenceQuery,
  page: CoOccurrencePage,
): Promise<Page<CoOccurrence>> {
  const of = await countedMentions(database, query.of, 'of');
  const other = await countedMentions(database, query.with, 'with');
  const isPaired = query.by === 'PAIR';
  const parts = { unit: units[query.within], of, with: other, isPaired };
  await checkPairs(database, parts);
  const { collectionId, minCount } = query;
  const position: NamedValues = page.after
    ? { afterValue: page.after.value, afterKey: page.after.key }
    : {};
  const rows = await database.reader.query<CoOccurrence>(pageSql(pairsSql(parts), page), {
    ...of.bindings,
    ...other.bindings,
    ...position,
    collectionId,
    minCount,
    limit: page.first + 1,
  });
  return pageOf(rows, page.first);
}

/** How many documents, sentences or windows a collection has. */
export async function countUnits(
  { reader }: Database,
  within: CoOccurrenceUnit,
  collectionId: number,
): Promise<number> {
  const [row] = await reader.query<{ total: number }>(units[within].total, { collectionId });
  return row?.total ?? 0;
}
