/**
 * Documents by their words and by what they mention: two rankings fused into one. A document that does not
 * pass the filter of documents is in neither.
 */
import { timed } from '../core/timed.ts';
import type { DocumentFilter } from '../store/document-filter.ts';
import { countFullText, findPassages, searchFullText } from '../store/full-text.ts';
import { findMentions, lastRows } from '../store/mentions.ts';
import type { FoundInDocument, PassageOptions } from '../store/passages.ts';
import type { MentionRecord } from '../store/records.ts';
import type { TextQuery } from '../store/text-query.ts';
import { type FusedItem, fuseRanks } from './fuse-ranks.ts';
import type { MentionFilter } from './mention-filter.ts';
import { parseTextQuery } from './parse-text-query.ts';
import type { PlannedPage } from './planner.ts';
import type { RankedMention } from './rank-similar.ts';
import type { RankPage, SearchParts } from './search-parts.ts';
import { rankSimilarMentions } from './similar-mentions.ts';

/** So many documents of each ranking are fused. */
const fusedDepth = 100;

/** Both rankings as they were when the first page was asked for, fused. */
export interface FusedRanking {
  readonly fused: readonly FusedItem[];
  /** The most similar mention of each document. */
  readonly best: ReadonlyMap<number, { readonly mentionId: number; readonly similarity: number }>;
}

/** What to look for, and what to show. */
export interface HybridQuery {
  /** In the syntax of `parseTextQuery`. */
  readonly text: string;
  /** What mentions are compared with; null: the words that the query looks for. */
  readonly similarTo: string | null;
  /** Which mentions are compared. */
  readonly filter: MentionFilter;
  /** Which documents both rankings are of; undefined: all. */
  readonly documents?: Omit<DocumentFilter, 'collectionId'> | undefined;
  readonly page: RankPage<FusedRanking>;
  readonly passages: PassageOptions;
}

/** A document of either ranking. */
export interface HybridDocument extends FoundInDocument {
  readonly documentId: number;
  readonly score: number;
  /** Place by words, from 1; null when it is not among the first. */
  readonly textRank: number | null;
  /** Place by its most similar mention, from 1; null when it is not among the first. */
  readonly similarityRank: number | null;
  readonly mention: MentionRecord | null;
  readonly similarity: number | null;
}

/** How the documents of the ranking by words were found. */
export interface TextReport {
  /** How many were ranked: all that have the words, in any collection. */
  readonly scanned: number;
  /** How many have the words and pass the filter. */
  readonly count: () => Promise<number>;
  readonly timeMs: number;
}

/** How both rankings were found. */
export interface HybridReport {
  readonly text: TextReport;
  readonly similarity: Pick<PlannedPage<unknown>, 'plan' | 'report'> & { readonly timeMs: number };
}

/** The words that a query looks for. */
function wantedWords(query: TextQuery): string {
  if (query.kind === 'PHRASE') return query.words;
  if (query.kind === 'WITHOUT') return wantedWords(query.keep);
  return query.of.map(wantedWords).join(' ');
}

const nothing: FoundInDocument = { title: [], matches: 0, passages: [] };

/** The documents that have the words. */
async function rankByWords(
  { database, collectionId }: SearchParts,
  query: TextQuery,
  { documents: filter }: HybridQuery,
): Promise<TextReport & { readonly ids: readonly number[] }> {
  const { documents: through } = await lastRows(database);
  const search = { query, collectionId, filter, through };
  const page = { first: fusedDepth, shown: [] };
  const hits = await timed(() => searchFullText(database, search, page));
  const { rows, scanned, timeMs } = hits;
  const count = () => countFullText(database, search);
  return { ids: rows.map(({ id }) => id), scanned, timeMs, count };
}

/** The most similar mentions, one of each document. */
function rankByMeaning(
  parts: SearchParts,
  text: string,
  { filter, documents }: HybridQuery,
): Promise<PlannedPage<RankedMention>> {
  const among = [...(filter.documents ?? []), ...(documents ? [documents] : [])];
  return rankSimilarMentions(parts, {
    to: { text },
    space: 'MEANING',
    filter: { ...filter, documents: among },
    distinct: 'DOCUMENT',
    page: { limit: fusedDepth, after: null },
  });
}

async function fuse(
  parts: SearchParts,
  query: TextQuery,
  asked: HybridQuery,
): Promise<{ readonly moment: FusedRanking; readonly report: HybridReport }> {
  const [byWords, byMeaning] = await Promise.all([
    rankByWords(parts, query, asked),
    timed(() => rankByMeaning(parts, asked.similarTo ?? wantedWords(query), asked)),
  ]);
  const { items, ...similarity } = byMeaning;
  const best = new Map(
    items.map(({ id, documentId, similarity: cosine }) => [
      documentId,
      { mentionId: id, similarity: cosine },
    ]),
  );
  const { ids, ...text } = byWords;
  const fused = fuseRanks([ids, [...best.keys()]]);
  return { moment: { fused, best }, report: { text, similarity } };
}

/** A page of documents, and the ranking that it is of. */
export interface HybridPage {
  readonly items: readonly HybridDocument[];
  readonly hasNext: boolean;
  readonly moment: FusedRanking;
  /** Null on a later page: it is cut out of what the first one found. */
  readonly report: HybridReport | null;
}

/** The documents at some places of a ranking, with what was found in them. */
async function showDocuments(
  { database }: SearchParts,
  { best }: FusedRanking,
  {
    page,
    query,
    passages,
  }: { page: readonly FusedItem[]; query: TextQuery; passages: PassageOptions },
): Promise<HybridDocument[]> {
  const ids = page.map(({ id }) => id);
  const found = await findPassages(database, query, { ...passages, ids });
  const mentionIds = ids.flatMap((id) => best.get(id)?.mentionId ?? []);
  const mentions = await findMentions(database, mentionIds);
  return page.map(({ id, score, ranks: [textRank = null, similarityRank = null] }) => ({
    ...(found.get(id) ?? nothing),
    documentId: id,
    score,
    textRank,
    similarityRank,
    mention: mentions.get(best.get(id)?.mentionId ?? 0) ?? null,
    similarity: best.get(id)?.similarity ?? null,
  }));
}

/**
 * A page of documents, the largest fused score first, equal ones in the order they were accepted.
 *
 * Throws: QUERY_INVALID, ENTITY_TYPE_UNKNOWN, ARGUMENT_INVALID.
 */
export async function searchHybrid(parts: SearchParts, asked: HybridQuery): Promise<HybridPage> {
  const query = parseTextQuery(asked.text);
  const { limit, shown, moment: before } = asked.page;
  const { moment, report } = before
    ? { moment: before, report: null }
    : await fuse(parts, query, asked);
  const rest = moment.fused.filter(({ id }) => !shown?.has(id));
  const page = rest.slice(0, limit);
  const items = await showDocuments(parts, moment, { page, query, passages: asked.passages });
  return { items, hasNext: rest.length > limit, moment, report };
}
