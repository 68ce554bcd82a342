/**
 * Two sets of mentions compared, key by key.
 */
import type { Database } from './database.ts';
import type { AnyFilter } from './mention-conditions.ts';
import { groupedMentions } from './mention-counts.ts';
import { countMentions } from './mentions.ts';
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
  `iif(${count} = 0, 0, ${count} * ln(${count} * 1.0 * (:leftTotal + :rightTotal)
    / ((l + r) * 1.0 * ${total})))`;

/** Rounding may leave less than nothing. */
const scoreSql = `max(0, round(2 * (${term('l', ':leftTotal')} + ${term('r', ':rightTotal')}), 6))`;

/** How many mentions each side has in all. */
export interface ContrastTotals {
  readonly left: number;
  readonly right: number;
}

/** A page of the keys of either side, those that differ most surely first, then by key. */
export async function contrastMentions(
  database: Database,
  { by, left, right }: ContrastQuery,
  { first, after }: { readonly first: number; readonly after: ContrastPosition | null },
): Promise<Page<Contrast> & ContrastTotals> {
  const l = await groupedMentions(database, { by, filter: left }, 'left');
  const r = await groupedMentions(database, { by, filter: right }, 'right');
  const totals = {
    leftTotal: await countMentions(database, left),
    rightTotal: await countMentions(database, right),
  };
  const isAfter = 'WHERE score < :afterScore OR (score = :afterScore AND key > :afterKey)';
  const rows = await database.reader.query<Contrast>(
    `SELECT key, l AS left, r AS right, leftExample, rightExample, score FROM
      (SELECT key, l, r, leftExample, rightExample, ${scoreSql} AS score FROM
        (SELECT key, sum(l) AS l, sum(r) AS r, max(leftExample) AS leftExample,
          max(rightExample) AS rightExample FROM
          (SELECT key, mentions AS l, 0 AS r, example AS leftExample, NULL AS rightExample
           FROM (${l.sql})
           UNION ALL SELECT key, 0, mentions, NULL, example FROM (${r.sql}))
         GROUP BY key))
     ${after ? isAfter : ''} ORDER BY score DESC, key LIMIT :limit`,
    {
      ...l.bindings,
      ...r.bindings,
      ...totals,
      limit: first + 1,
      ...(after ? { afterScore: after.score, afterKey: after.key } : {}),
    },
  );
  return { ...pageOf(rows, first), left: totals.leftTotal, right: totals.rightTotal };
}
