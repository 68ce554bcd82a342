/** Where the pages of a document's text begin, written in the transaction that writes the text. */
import type { SqlConnection } from '../connection.ts';

/** As the database keeps it: JSON; null for a text without pages. */
export const printPageStarts = (starts: readonly number[] = []): string | null =>
  starts.length === 0 ? null : JSON.stringify(starts);

/** Puts where a document's pages begin in the place of what was known of it. */
export function putPageStarts(writer: SqlConnection, id: number, starts: string | null): void {
  if (starts === null) writer.run('deletePageStarts', { id });
  else writer.run('putPageStarts', { id, starts });
}
