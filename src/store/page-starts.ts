/** Where the pages of documents begin. */
import type { Database } from './database.ts';

/** Where the pages of each of these documents begin, by id; none for a text without pages. */
export async function pageStartsOfDocuments(
  { reader }: Database,
  documentIds: readonly number[],
): Promise<Map<number, readonly number[]>> {
  const ids = JSON.stringify(documentIds);
  const rows = await reader.all<{ id: number; starts: string }>('pageStartsOfDocuments', { ids });
  return new Map(rows.map(({ id, starts }) => [id, JSON.parse(starts) as number[]]));
}
