/**
 * Searches of a data folder that a server may be using: what is stored is read, nothing is written, and
 * similarity is compared exactly with every stored meaning vector.
 */
import { appError } from '../core/errors.ts';
import type { Extractor } from '../ner/extractor.ts';
import type { MentionFilter } from '../search/mention-filter.ts';
import type { Distinct } from '../search/rank-similar.ts';
import { findSimilarMentions } from '../search/similar-mentions.ts';
import type { Database } from '../store/database.ts';
import { loggedVectors } from '../store/index-log.ts';
import type { AnyFilter } from '../store/mention-conditions.ts';
import { listMentions } from '../store/mentions.ts';
import type { MentionRecord } from '../store/records.ts';
import type { VectorSpace } from '../store/vectors.ts';
import { searchSource } from '../vectors/source-search.ts';
import type { NeighborQuery } from '../vectors/vector-index.ts';

/** A mention that was found. */
export interface FoundMention {
  readonly mention: MentionRecord;
  /** Cosine with what was asked for; null where nothing was compared. */
  readonly similarity: number | null;
}

const pageLength = 1_000;

/** Mentions that pass a filter, in the order in which they were stored, at most so many. */
export async function* mentionsByFilter(
  database: Database,
  filter: AnyFilter,
  limit: number,
): AsyncGenerator<FoundMention> {
  let after = 0;
  for (let left = limit; left > 0; ) {
    const first = Math.min(left, pageLength);
    const { rows, hasNext } = await listMentions(database, filter, { first, after });
    for (const mention of rows) yield { mention, similarity: null };
    left -= rows.length;
    if (!hasNext) return;
    after = rows.at(-1)?.id ?? after;
  }
}

/** What to compare with, and which mentions. */
export interface SimilarSearch {
  readonly collectionId: number;
  readonly text: string;
  readonly filter: MentionFilter;
  readonly distinct: Distinct;
  readonly limit: number;
}

const modelSql = 'SELECT bundle_id AS id FROM model WHERE id = 1';

/** Vectors of two models cannot be compared. Throws: ARGUMENT_INVALID. */
async function requireModel({ reader }: Database, { model }: Extractor): Promise<void> {
  const [stored] = await reader.query<{ id: string }>(modelSql, {});
  if (stored === undefined || stored.id === model.id) return;
  const rule = `the model that the documents were read by, ${stored.id}`;
  throw appError('ARGUMENT_INVALID', { argument: '--model', rule, value: model.id });
}

/**
 * The mentions whose meaning is nearest to a text, most similar first.
 *
 * Throws: ARGUMENT_INVALID for another model than the stored vectors are of; ENTITY_TYPE_UNKNOWN.
 */
export async function mentionsBySimilarity(
  database: Database,
  extractor: Extractor,
  { collectionId, text, filter, distinct, limit }: SimilarSearch,
): Promise<readonly FoundMention[]> {
  await requireModel(database, extractor);
  const { embeddingSize, meaningSize } = extractor.model;
  const exact = (space: VectorSpace, dimensions: number) => {
    const source = loggedVectors(database, space);
    return { find: (query: NeighborQuery) => searchSource(source, dimensions, query) };
  };
  const parts = {
    database,
    collectionId,
    extractor,
    typeIndex: exact('TYPE', embeddingSize),
    meaningIndex: exact('MEANING', meaningSize),
  };
  const page = { limit, after: null };
  const query = { to: { text }, space: 'MEANING', filter, distinct, page } as const;
  const { items } = await findSimilarMentions(parts, query);
  return items;
}
