/** Rows of a table, some at a time, so that a check of millions does not hold them all. */
import type { SqlConnection } from '../connection.ts';

const rowsAtOnce = 500;

/**
 * Every row of a query that takes `:after` and `:limit` and gives `id`, in the order of that.
 */
export function* rowsById<Row extends { readonly id: number }>(
  connection: SqlConnection,
  sql: string,
): Generator<Row> {
  for (let after = -1; ; ) {
    const rows = connection.query<Row>(sql, { after, limit: rowsAtOnce });
    const last = rows.at(-1);
    if (!last) return;
    yield* rows;
    after = last.id;
  }
}
