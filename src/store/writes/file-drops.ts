/** What a document's file holds beside its text, written in the transaction that writes the text. */
import { excerpt } from '../../core/excerpt.ts';
import type { SqlConnection } from '../connection.ts';
import type { FileDrop } from '../drafts.ts';
import { addDrops } from '../drop-sums.ts';

/** Most parts of a file that are kept one by one; the sums are of all of them. */
const maxParts = 100;

/** What is kept of a part to show what it was. Units: UTF-16 code units. */
const maxExcerptChars = 200;

/** As the database keeps it: JSON with sums by reason and the first parts; null for nothing. */
export function printFileDrops(dropped: readonly FileDrop[] = []): string | null {
  if (dropped.length === 0) return null;
  const sums = addDrops(
    dropped.map(({ reason, chars, bytes = 0 }) => ({ reason, parts: 1, characters: chars, bytes })),
  );
  const parts = dropped
    .slice(0, maxParts)
    .map((part): FileDrop => ({ ...part, text: excerpt(part.text, maxExcerptChars) }));
  return JSON.stringify({ sums, parts });
}

/** Puts what a document's file holds beside the text in the place of what was known of it. */
export function putFileDrops(writer: SqlConnection, id: number, drops: string | null): void {
  if (drops === null) writer.run('deleteFileDrops', { id });
  else writer.run('putFileDrops', { id, drops });
}
