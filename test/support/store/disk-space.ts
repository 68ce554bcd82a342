/** A disk that is nearly full, as the database sees it: it may grow by so many pages only. */
import type { Database } from '../../../src/store/database.ts';
import { readPragma } from './open-store.ts';

/** Lets the database grow by so many pages. */
export async function leavePages(database: Database, pages: number): Promise<void> {
  await readPragma(database, 'wal_checkpoint(TRUNCATE)');
  const used = Number(await readPragma(database, 'page_count'));
  await readPragma(database, `max_page_count = ${used + pages}`);
}

/** Lets it grow again. */
export async function freePages(database: Database): Promise<void> {
  await readPragma(database, 'max_page_count = 1000000');
}
