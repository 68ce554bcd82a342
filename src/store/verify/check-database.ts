/** SQLite's own checks, and the text index that hangs on its rows. */
import type { SqlConnection } from '../connection.ts';
import type { Check, Fault } from './fault.ts';
import { rowsById } from './pages.ts';

const shown = 100;

/** Whether pages, rows and indexes of the file are whole. */
export function checkDatabase(connection: SqlConnection): Check {
  const rows = connection.query<{ integrity_check: string }>(
    `PRAGMA integrity_check(${shown})`,
    {},
  );
  const faults = rows
    .filter((row) => row.integrity_check !== 'ok')
    .map((row): Fault => ({ table: 'sqlite', id: null, what: row.integrity_check }));
  return { name: 'DATABASE', checked: Number(connection.pragma('page_count')), faults };
}

/** Whether every row that is referred to is there. */
export function checkForeignKeys(connection: SqlConnection): Check {
  const rows = connection.query<{ table: string; rowid: number | null; parent: string }>(
    'PRAGMA foreign_key_check',
    {},
  );
  const keys = connection.query<{ count: number }>(
    `SELECT count(*) AS count FROM sqlite_schema AS s, pragma_foreign_key_list(s.name)
     WHERE s.type = 'table'`,
    {},
  );
  return {
    name: 'FOREIGN_KEYS',
    checked: keys[0]?.count ?? 0,
    faults: rows.map(({ table, rowid, parent }) => ({
      table,
      id: rowid,
      what: `refers to a row of ${parent} that is not there`,
    })),
  };
}

const forms = `SELECT id, text FROM surface_forms WHERE id > :after ORDER BY id LIMIT :limit`;
const found = `SELECT 1 FROM surface_forms_text f
  WHERE f.surface_forms_text MATCH :phrase AND f.rowid = :id`;

/** Shorter ones are not indexed; the index passes over NUL, which those with one are found without. */
const isIndexed = (text: string): boolean => !text.includes('\0') && Array.from(text).length >= 3;

/** Whether every surface form is found by its own text. */
export function checkTextIndex(connection: SqlConnection): Check {
  const faults: Fault[] = [];
  let checked = 0;
  for (const { id, text } of rowsById<{ id: number; text: string }>(connection, forms)) {
    if (!isIndexed(text)) continue;
    checked += 1;
    const phrase = `"${text.replaceAll('"', '""')}"`;
    if (connection.query(found, { phrase, id }).length === 0) {
      faults.push({ table: 'surface_forms', id, what: 'is not found by its text' });
    }
  }
  return { name: 'TEXT_INDEX', checked, faults };
}
