/** Whether pages are those that a text can have. */
import { wrongPageStart } from '../../core/page-starts.ts';
import type { SqlConnection } from '../connection.ts';
import type { Check, Fault } from './fault.ts';
import { rowsById } from './pages.ts';

interface PagesRow {
  readonly id: number;
  /** JSON. */
  readonly starts: string;
  readonly text: string;
}

const pages = `SELECT p.document_id AS id, p.starts, d.text
  FROM document_pages p JOIN documents d ON d.id = p.document_id
  WHERE p.document_id > :after ORDER BY p.document_id LIMIT :limit`;
const replacements = `SELECT document_id AS id, page_starts AS starts, text
  FROM document_replacements WHERE page_starts IS NOT NULL AND document_id > :after
  ORDER BY document_id LIMIT :limit`;

function arePages({ starts, text }: PagesRow): boolean {
  try {
    const list: unknown = JSON.parse(starts);
    return Array.isArray(list) && list.length > 0 && wrongPageStart(list, text.length) < 0;
  } catch {
    return false;
  }
}

/** Whether the pages of every text that has any begin within it, in order. */
export function checkPages(connection: SqlConnection): Check {
  const faults: Fault[] = [];
  let checked = 0;
  for (const [table, sql] of [
    ['document_pages', pages],
    ['document_replacements', replacements],
  ] as const) {
    for (const row of rowsById<PagesRow>(connection, sql)) {
      checked += 1;
      if (arePages(row)) continue;
      faults.push({ table, id: row.id, what: 'has pages that its text cannot have' });
    }
  }
  return { name: 'PAGES', checked, faults };
}
