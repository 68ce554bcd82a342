/**
 * What every search is made of, and how an answer says that it was found.
 */
import type { Extractor } from '../ner/extractor.ts';
import type { Database } from '../store/database.ts';
import type { VectorIndex } from '../vectors/vector-index.ts';

/** What a search reads. */
export interface SearchParts {
  readonly database: Database;
  readonly collectionId: number;
  readonly extractor: Extractor;
  /** Type vectors of spans. */
  readonly typeIndex: Pick<VectorIndex, 'search'>;
  /** Meaning vectors of surface forms. */
  readonly meaningIndex: Pick<VectorIndex, 'find'>;
}

/** How a ranking was found. */
export interface SearchReport {
  /**
   * EXACT: every vector that passes the filter was compared. INDEX: those that the index gave.
   * DATABASE: exact, because there was no index to ask.
   */
  readonly method: 'EXACT' | 'INDEX' | 'DATABASE';
  /** Number of vectors compared, or of candidates that the index gave. */
  readonly scanned: number;
}

/** How an index found what it was asked for. */
export const methodOf = { SCAN: 'EXACT', GRAPH: 'INDEX', SOURCE: 'DATABASE' } as const;

/** Where in a ranking a page starts: after an item of this similarity and id. */
export interface RankPosition {
  readonly similarity: number;
  readonly id: number;
}

/** Which page of a ranking. */
export interface RankPage {
  readonly limit: number;
  readonly after: RankPosition | null;
}

/** True when an item comes after the position: less similar, or equally and with a larger id. */
export const isAfter = (item: RankPosition, after: RankPosition | null): boolean =>
  after === null ||
  item.similarity < after.similarity ||
  (item.similarity === after.similarity && item.id > after.id);
