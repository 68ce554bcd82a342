/**
 * Stored mentions by filter, in the order in which they were stored.
 */
import { flat, type OverlapPolicy } from '../ner/overlap.ts';
import type { PreparedFilter } from '../store/mention-conditions.ts';
import { listMentions } from '../store/mentions.ts';
import type { MentionRecord, Page, PageRequest } from '../store/records.ts';
import { type FilteredCollection, type MentionFilter, storedFilter } from './mention-filter.ts';

/** Which mentions, how, and which page of them. */
export interface MentionQuery {
  readonly filter: MentionFilter;
  readonly overlap: OverlapPolicy;
  readonly page: PageRequest;
}

/** A page of mentions, and the filter that they pass. */
export interface MentionPage extends Page<MentionRecord> {
  readonly filter: PreparedFilter;
}

/** A page as long as any list. */
const everything = 2 ** 31 - 2;

/** Mentions of these documents that stay when overlaps among those that pass the filter are resolved. */
async function flatIds(
  { database }: FilteredCollection,
  filter: PreparedFilter,
  documentIds: readonly number[],
): Promise<Set<number>> {
  const query = { ...filter, documentIds };
  const { rows } = await listMentions(database, query, { first: everything });
  const kept = documentIds.flatMap((id) => flat(rows.filter((each) => each.documentId === id)));
  return new Set(kept.map(({ id }) => id));
}

/** Pages of nested mentions are thinned until one is full; positions stay those of the mentions. */
async function flatPage(
  collection: FilteredCollection,
  filter: PreparedFilter,
  { first, after }: PageRequest,
): Promise<Page<MentionRecord>> {
  const kept: MentionRecord[] = [];
  for (let position = after; ; ) {
    const page = { first: first + 1, after: position };
    const { rows, hasNext } = await listMentions(collection.database, filter, page);
    const documentIds = [...new Set(rows.map((mention) => mention.documentId))];
    const ids = await flatIds(collection, filter, documentIds);
    kept.push(...rows.filter(({ id }) => ids.has(id)));
    if (kept.length > first || !hasNext) {
      return { rows: kept.slice(0, first), hasNext: kept.length > first };
    }
    position = rows.at(-1)?.id;
  }
}

/** A page of the mentions that pass the filter. Throws: ENTITY_TYPE_UNKNOWN. */
export async function findMentionPage(
  collection: FilteredCollection,
  { filter, overlap, page }: MentionQuery,
): Promise<MentionPage> {
  const stored = await storedFilter(collection, filter);
  const found =
    overlap === 'FLAT'
      ? await flatPage(collection, stored, page)
      : await listMentions(collection.database, stored, page);
  return { ...found, filter: stored };
}
