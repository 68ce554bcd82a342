/**
 * Documents by the words of their titles and texts.
 */
import type { DocumentFilter } from '../store/document-filter.ts';
import { countFullText, findPassages, searchFullText } from '../store/full-text.ts';
import { lastRows } from '../store/mentions.ts';
import type { FoundInDocument, PassageOptions } from '../store/passages.ts';
import { parseTextQuery } from './parse-text-query.ts';
import type { RankPage, SearchParts } from './search-parts.ts';

/** What to look for, in which documents, which page, and what to show of each. */
export interface DocumentQuery {
  /** In the syntax of `parseTextQuery`. */
  readonly text: string;
  readonly filter?: Omit<DocumentFilter, 'collectionId'> | undefined;
  /** Its moment is the last document that there was. */
  readonly page: RankPage<number>;
  readonly passages: PassageOptions;
}

/** A document that was found. */
export interface FoundDocument extends FoundInDocument {
  readonly documentId: number;
  /** How well it fits: the larger the better, 0 at least. */
  readonly score: number;
}

/** A page of documents, best first, equal ones in the order they were accepted. */
export interface FoundDocuments {
  readonly items: readonly FoundDocument[];
  readonly hasNext: boolean;
  /** How many documents were ranked: all that have the words, in any collection. */
  readonly scanned: number;
  /** How many documents were found in all. */
  readonly count: () => Promise<number>;
  readonly moment: number;
}

const nothing: FoundInDocument = { title: [], matches: 0, passages: [] };

/** Searches documents by their words. Throws: QUERY_INVALID. */
export async function searchDocuments(
  { database, collectionId }: Pick<SearchParts, 'database' | 'collectionId'>,
  { text, filter, page, passages }: DocumentQuery,
): Promise<FoundDocuments> {
  const query = parseTextQuery(text);
  const through = page.moment ?? (await lastRows(database)).documents;
  const search = { query, collectionId, filter, through };
  const shown = [...(page.shown ?? [])];
  const hits = await searchFullText(database, search, { first: page.limit, shown });
  const ids = hits.rows.map(({ id }) => id);
  const found = await findPassages(database, query, { ...passages, ids });
  return {
    items: hits.rows.map(({ id, score }) => ({
      documentId: id,
      score,
      ...(found.get(id) ?? nothing),
    })),
    hasNext: hits.hasNext,
    scanned: hits.scanned,
    count: () => countFullText(database, search),
    moment: through,
  };
}
