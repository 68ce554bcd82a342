/**
 * Documents by their words and by what they mention: two rankings fused into one.
 */
import { findPassages, searchFullText } from '../store/full-text.ts';
import { findMentions } from '../store/mentions.ts';
import type { FoundInDocument, PassageOptions } from '../store/passages.ts';
import type { MentionRecord } from '../store/records.ts';
import type { TextQuery } from '../store/text-query.ts';
import { type FusedItem, fuseRanks } from './fuse-ranks.ts';
import { parseTextQuery } from './parse-text-query.ts';
import type { RankPage, SearchParts } from './search-parts.ts';
import { findSimilarMentions } from './similar-mentions.ts';

/** So many documents of each ranking are fused. */
const fusedDepth = 200;

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
  /** Names of the types of these mentions; undefined: all. */
  readonly types?: readonly string[] | undefined;
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

/** The words that a query looks for. */
function wantedWords(query: TextQuery): string {
  if (query.kind === 'PHRASE') return query.words;
  if (query.kind === 'WITHOUT') return wantedWords(query.keep);
  return query.of.map(wantedWords).join(' ');
}

const nothing: FoundInDocument = { title: [], matches: 0, passages: [] };

async function fuse(
  parts: SearchParts,
  query: TextQuery,
  asked: HybridQuery,
): Promise<FusedRanking> {
  const { database, collectionId } = parts;
  const [byWords, byMeaning] = await Promise.all([
    searchFullText(database, { query, collectionId }, { first: fusedDepth, shown: [] }),
    findSimilarMentions(parts, {
      to: { text: asked.similarTo ?? wantedWords(query) },
      space: 'MEANING',
      filter: { types: asked.types },
      distinct: 'DOCUMENT',
      page: { limit: fusedDepth, after: null },
    }),
  ]);
  const best = new Map(
    byMeaning.items.map(({ mention, similarity }) => [
      mention.documentId,
      { mentionId: mention.id, similarity },
    ]),
  );
  const words = byWords.rows.map(({ id }) => id);
  return { fused: fuseRanks([words, [...best.keys()]]), best };
}

/** A page of documents, and the ranking that it is of. */
export interface HybridPage {
  readonly items: readonly HybridDocument[];
  readonly hasNext: boolean;
  readonly moment: FusedRanking;
}

/**
 * A page of documents, the largest fused score first, equal ones in the order they were accepted.
 *
 * Throws: QUERY_INVALID, ENTITY_TYPE_UNKNOWN.
 */
export async function searchHybrid(parts: SearchParts, asked: HybridQuery): Promise<HybridPage> {
  const query = parseTextQuery(asked.text);
  const { limit, shown, moment = await fuse(parts, query, asked) } = asked.page;
  const rest = moment.fused.filter(({ id }) => !shown?.has(id));
  const page = rest.slice(0, limit);
  const ids = page.map(({ id }) => id);
  const found = await findPassages(parts.database, query, { ...asked.passages, ids });
  const mentionIds = ids.flatMap((id) => moment.best.get(id)?.mentionId ?? []);
  const mentions = await findMentions(parts.database, mentionIds);
  const items = page.map(({ id, score, ranks: [textRank = null, similarityRank = null] }) => ({
    ...(found.get(id) ?? nothing),
    documentId: id,
    score,
    textRank,
    similarityRank,
    mention: mentions.get(moment.best.get(id)?.mentionId ?? 0) ?? null,
    similarity: moment.best.get(id)?.similarity ?? null,
  }));
  return { items, hasNext: rest.length > limit, moment };
}
