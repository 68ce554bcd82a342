/**
 * What every search is made of, and how an answer says that it was found.
 */
import type { Extractor } from '../ner/extractor.ts';
import type { Database } from '../store/database.ts';
import type { LastRows } from '../store/mentions.ts';
import type { VectorIndex } from '../vectors/vector-index.ts';

/** What a search reads. */
export interface SearchParts {
  readonly database: Database;
  readonly collectionId: number;
  readonly extractor: Extractor;
  /** Type vectors of spans. */
  readonly typeIndex: Pick<VectorIndex, 'find'>;
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
  /** How many neighbours the index was asked for; null when it was not. */
  readonly asked: number | null;
  /** How many candidates the graph kept (hnswlib's ef); null when the answer is exact. */
  readonly ef: number | null;
  /** Share of the right answers to be expected: 0 to 1. */
  readonly estimatedRecall: number;
}

/** How an index found what it was asked for. */
export const methodOf = { SCAN: 'EXACT', GRAPH: 'INDEX', SOURCE: 'DATABASE' } as const;

/** Where in a ranking an item is. */
export interface RankPosition {
  readonly similarity: number;
  readonly id: number;
}

/**
 * What the pages of one ranking of mentions share: how things were when the first was asked for. What
 * was stored since is not on them, and what was asked stays as it was, whatever becomes of it.
 */
export interface RankingMoment {
  readonly query: Float32Array;
  /** The asked type's own; 0 for similar mentions. */
  readonly offset: number;
  /** The last rows that there were. */
  readonly through: LastRows;
}

/** Which page of a ranking. */
export interface RankPage<Moment = RankingMoment> {
  readonly limit: number;
  /** The item before the page; null for the first page. */
  readonly after: RankPosition | null;
  /** That of the first page; left out on the first page: now. */
  readonly moment?: Moment | undefined;
  /**
   * What the pages before have shown, by the keys of their items: a form or document whose first mention
   * has been deleted since is not shown again by another one.
   */
  readonly shown?: ReadonlySet<number> | undefined;
}

/** True when an item comes after the position: less similar, or equally and with a larger id. */
export const isAfter = (item: RankPosition, after: RankPosition | null): boolean =>
  after === null ||
  item.similarity < after.similarity ||
  (item.similarity === after.similarity && item.id > after.id);
