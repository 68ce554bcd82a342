/**
 * The order of similar mentions: most similar first, equal ones by id, and what may appear once only.
 * One definition for the server and for evaluation.
 */
import { dot, roundSimilarity } from '../core/vector.ts';

/** What appears once only among similar mentions. */
export type Distinct = 'SURFACE_FORM' | 'DOCUMENT' | 'NONE';

/** A mention with its similarity to the query. */
export interface RankedMention {
  /** Numbers the mentions in the order in which they were stored. */
  readonly id: number;
  readonly documentId: number;
  /** The lower-cased text of the mention, as a number. */
  readonly formId: number;
  /** Cosine, -1 to 1. */
  readonly similarity: number;
}

/** A mention that a query may find, with its unit meaning vector. */
export interface RankCandidate extends Omit<RankedMention, 'similarity'> {
  readonly vector: Float32Array;
}

/** Most similar first; equal ones by id. */
export const compareRanked = (a: RankedMention, b: RankedMention): number =>
  b.similarity - a.similarity || a.id - b.id;

/** What a mention is one of: the number of its form or document, or its own. */
export const keyOf = (mention: RankedMention, distinct: Distinct): number =>
  ({ SURFACE_FORM: mention.formId, DOCUMENT: mention.documentId, NONE: mention.id })[distinct];

/** The first mention of each form or document, of mentions in the order of `compareRanked`. */
export function foldDistinct(
  ranked: readonly RankedMention[],
  distinct: Distinct,
): readonly RankedMention[] {
  if (distinct === 'NONE') return ranked;
  const seen = new Set<number>();
  return ranked.filter((mention) => {
    const key = keyOf(mention, distinct);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** How candidates are ranked. */
export interface RankOptions {
  readonly distinct: Distinct;
  /** How many to give. */
  readonly first: number;
}

/**
 * Ranks candidates by the cosine of their meaning with a unit query vector.
 *
 * Cost: candidates x vector length multiplications, and a sort.
 */
export function rankSimilar(
  query: Float32Array,
  candidates: readonly RankCandidate[],
  { distinct, first }: RankOptions,
): readonly RankedMention[] {
  const ranked = candidates.map(({ id, documentId, formId, vector }) => ({
    id,
    documentId,
    formId,
    similarity: roundSimilarity(dot(query, vector)),
  }));
  return foldDistinct(ranked.sort(compareRanked), distinct).slice(0, first);
}
