/**
 * How much was read, of documents and summed over collections, and what was dropped and why: parts of a
 * text, which the model did not read, and what a file holds beside its document's text.
 */
import type { Database } from './database.ts';
import type { FileDrop } from './drafts.ts';
import type { DropSum } from './drop-sums.ts';

/** Sums over the documents of a collection that were read. */
export interface CoverageTotals {
  readonly characters: number;
  readonly words: number;
  readonly charactersRead: number;
  readonly tokens: number;
  readonly unknownTokens: number;
  readonly windows: number;
  /** Of the texts. */
  readonly droppedParts: number;
}

/** How much of a collection was read. Cost: reads a row for each state of documents. */
export async function totalCoverage(
  { reader }: Database,
  collectionId: number,
): Promise<CoverageTotals> {
  const totals = await reader.get<CoverageTotals>('coverageTotals', { collectionId });
  return totals as CoverageTotals;
}

/** What was dropped of a collection, most parts first. Cost: reads a row for each reason. */
export const dropsOfCollection = ({ reader }: Database, collectionId: number): Promise<DropSum[]> =>
  reader.all<DropSum>('dropsOfCollection', { collectionId });

/** What was dropped of each of these documents and its file, most parts first; by id. */
export async function dropsOfDocuments(
  { reader }: Database,
  documentIds: readonly number[],
): Promise<Map<number, DropSum[]>> {
  const ids = JSON.stringify(documentIds);
  const rows = await reader.all<DropSum & { readonly id: number }>('dropsOfDocuments', { ids });
  const drops = new Map<number, DropSum[]>();
  for (const { id, ...sum } of rows) drops.set(id, [...(drops.get(id) ?? []), sum]);
  return drops;
}

/** The first parts that the files of these documents hold beside their texts, by id. */
export async function fileDropsOfDocuments(
  { reader }: Database,
  documentIds: readonly number[],
): Promise<Map<number, FileDrop[]>> {
  const ids = JSON.stringify(documentIds);
  const rows = await reader.all<{ id: number; parts: string }>('fileDropsOfDocuments', { ids });
  return new Map(rows.map(({ id, parts }) => [id, JSON.parse(parts) as FileDrop[]]));
}
