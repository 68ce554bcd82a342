/**
 * Two sets of mentions compared, key by key.
 */
import type { NamedValues } from './counted-mentions.ts';
import type { Database } from './database.ts';
import type { AnyFilter } from './mention-conditions.ts';
import { type Grouped, groupedMentions } from './mention-counts.ts';
import { type Page, pageOf } from './records.ts';

/** The two sets, and what their mentions are counted by. */
export interface ContrastQuery {
  readonly by:
    | { readonly kind: 'TYPE' | 'CONCEPT' }
    | { readonly kind: 'SURFACE_FORM'; readonly prefix: '' };
  readonly left: AnyFilter;
  readonly right: AnyFilter;
}

/** A key in both sets. */
export interface Contrast {
  readonly key: string;
  readonly left: number;
  readonly right: number;
  /** The first mention of each side. */
  readonly leftExample: number | null;
  readonly rightExample: number | null;
  /** How surely the shares differ: Dunning's G2, to 6 decimals. */
  readonly score: number;
}

/** A page of contrasts begins after this one. */
export interface ContrastPosition {
  readonly score: number;
  readonly key: string;
}

/** A count times the logarithm of how many times the expected one it is; 0 for none. */
const term = (count: string, total: string): string =>
  `iif(${count} = 0, 0, ${count} * ln(${count} * 1.0 * (leftTotal + rightTotal)
    / ((l + r) * 1.0 * ${total})))`;

/** Rounding may leave less than nothing. */
const scoreSql = `max(0, round(2 * (${term('l', 'leftTotal')} + ${term('r', 'rightTotal')}), 6))`;

/** How many mentions each side has in all. */
export interface ContrastTotals {
  readonly left: number;
  readonly right: number;
}

/** A mention has one type and one form, so that each is in one group; of concepts it may have none or several. */
const totalOf = ({ by }: ContrastQuery, side: 'l' | 'r', { mentions }: Grouped): string =>
  by.kind === 'CONCEPT' ? mentions : `SELECT coalesce(sum(mentions), 0) FROM ${side}`;

/** Both sides, their totals and the page are of one moment, because it is one query. */
function contrastSql(query: ContrastQuery, [l, r]: readonly [Grouped, Grouped], after: boolean) {
  const isAfter = 'WHERE score < :afterScore OR (score = :afterScore AND key > :afterKey)';
  return `WITH l AS MATERIALIZED (${l.sql}), r AS MATERIALIZED (${r.sql}),
    totals AS MATERIALIZED (SELECT (${totalOf(query, 'l', l)}) AS leftTotal,
      (${totalOf(query, 'r', r)}) AS rightTotal),
    keys AS (SELECT key, sum(l) AS l, sum(r) AS r, max(leftExample) AS leftExample,
        max(rightExample) AS rightExample FROM
        (SELECT key, mentions AS l, 0 AS r, example AS leftExample, NULL AS rightExample FROM l
         UNION ALL SELECT key, 0, mentions, NULL, example FROM r) GROUP BY key),
    scored AS (SELECT key, l AS left, r AS right, leftExample, rightExample, ${scoreSql} AS score
      FROM keys CROSS JOIN totals),
    page AS (SELECT * FROM scored ${after ? isAfter : ''} ORDER BY score DESC, key LIMIT :limit)
    SELECT t.leftTotal, t.rightTotal, p.* FROM totals t LEFT JOIN page p ON TRUE
    ORDER BY p.score DESC, p.key`;
}

/** A row of the page, or one without a key when the page is empty, for the totals. */
type ContrastRow = { readonly leftTotal: number; readonly rightTotal: number } & (
  | Contrast
  | { readonly key: null }
);

/** A page of the keys of either side, those that differ most surely first, then by key. */
export async function contrastMentions(
  database: Database,
  query: ContrastQuery,
  { first, after }: { readonly first: number; readonly after: ContrastPosition | null },
): Promise<Page<Contrast> & ContrastTotals> {
  const { by, left, right } = query;
  const l = await groupedMentions(database, { by, filter: left }, 'left');
  const r = await groupedMentions(database, { by, filter: right }, 'right');
  const position: NamedValues = after ? { afterScore: after.score, afterKey: after.key } : {};
  const rows = await database.reader.query<ContrastRow>(
    contrastSql(query, [l, r], after !== null),
    { ...l.bindings, ...r.bindings, ...position, limit: first + 1 },
  );
  const contrasts = rows.filter((row): row is Contrast & ContrastRow => row.key !== null);
  const [totals = { leftTotal: 0, rightTotal: 0 }] = rows;
  return { ...pageOf(contrasts, first), left: totals.leftTotal, right: totals.rightTotal };
}
