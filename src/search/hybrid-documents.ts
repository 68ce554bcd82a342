/**
 * Documents by their words and by what they mention: two rankings fused into one.
 */
import { type FullTextPage, findPassages, searchFullText } from '../store/full-text.ts';
import type { FoundInDocument, PassageOptions } from '../store/passages.ts';
import type { MentionRecord } from '../store/records.ts';
import type { TextQuery } from '../store/text-query.ts';
import { fuseRanks } from './fuse-ranks.ts';
import { parseTextQuery } from './parse-text-query.ts';
import type { SearchParts } from './search-parts.ts';
import { findSimilarMentions } from './similar-mentions.ts';

/** So many documents of each ranking are fused. */
const fusedDepth = 200;

/** What to look for, and what to show. */
export interface HybridQuery {
  /** In the syntax of `parseTextQuery`. */
  readonly text: string;
  /** What mentions are compared with; null: the words that the query looks for. */
  readonly similarTo: string | null;
  /** Names of the types of these mentions; undefined: all. */
  readonly types?: readonly string[] | undefined;
  readonly page: FullTextPage;
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

/** The two rankings, best first. */
async function rankBoth(parts: SearchParts, query: TextQuery, asked: HybridQuery) {
  const { database, collectionId } = parts;
  const [byWords, byMeaning] = await Promise.all([
    searchFullText(database, { query, collectionId }, { first: fusedDepth, after: null }),
    findSimilarMentions(parts, {
      to: { text: asked.similarTo ?? wantedWords(query) },
      filter: { types: asked.types },
      distinct: 'DOCUMENT',
      page: { limit: fusedDepth, after: null },
    }),
  ]);
  return { byWords: byWords.rows.map(({ id }) => id), byMeaning: byMeaning.items };
}

/**
 * A page of documents, the largest fused score first, equal ones in the order they were accepted.
 *
 * Throws: QUERY_INVALID, ENTITY_TYPE_UNKNOWN.
 */
export async function searchHybrid(
  parts: SearchParts,
  asked: HybridQuery,
): Promise<{ items: readonly HybridDocument[]; hasNext: boolean }> {
  const query = parseTextQuery(asked.text);
  const { byWords, byMeaning } = await rankBoth(parts, query, asked);
  const best = new Map(byMeaning.map((each) => [each.mention.documentId, each]));
  const { first, after } = asked.page;
  const rest = fuseRanks([byWords, [...best.keys()]]).filter(
    ({ score, id }) =>
      after === null || score < after.score || (score === after.score && id > after.id),
  );
  const page = rest.slice(0, first);
  const ids = page.map(({ id }) => id);
  const found = await findPassages(parts.database, query, { ...asked.passages, ids });
  const items = page.map(({ id, score, ranks: [textRank = null, similarityRank = null] }) => ({
    ...(found.get(id) ?? nothing),
    documentId: id,
    score,
    textRank,
    similarityRank,
    mention: best.get(id)?.mention ?? null,
    similarity: best.get(id)?.similarity ?? null,
  }));
  return { items, hasNext: rest.length > first };
}
