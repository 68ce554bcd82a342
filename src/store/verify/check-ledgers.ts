/** Whether every ledger is as it was kept. */
import type { SqlConnection } from '../connection.ts';
import { isWholeLedger } from '../ledgers.ts';
import type { Check, Fault } from './fault.ts';

interface LedgerRow {
  readonly id: number;
  readonly checksum: number;
  readonly rows: Uint8Array;
}

/** One at a time: a ledger may be as long as a book. */
const next = `SELECT document_id AS id, checksum, rows FROM ledgers WHERE document_id > :after
  ORDER BY document_id LIMIT 1`;

/** Whether every ledger has the checksum that it was kept with. */
export function checkLedgers(connection: SqlConnection): Check {
  const faults: Fault[] = [];
  let checked = 0;
  for (let after = -1; ; ) {
    const [row] = connection.query<LedgerRow>(next, { after });
    if (!row) return { name: 'LEDGERS', checked, faults };
    checked += 1;
    after = row.id;
    if (isWholeLedger(row)) continue;
    faults.push({ table: 'ledgers', id: row.id, what: 'has bytes of another checksum' });
  }
}
