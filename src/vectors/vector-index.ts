/**
 * Nearest neighbours of unit vectors by cosine similarity.
 *
 * `exact-index.ts` is the definition of a right answer; the others are measured against it by
 * `test/contract/vector-index.ts`.
 */
import { appError } from '../core/errors.ts';
import { isFiniteVector, roundSimilarity } from '../core/vector.ts';
import type { IdSet } from './id-set.ts';

/** A vector with its id: a safe integer >= 0. */
export interface IndexedVector {
  readonly id: number;
  readonly vector: Float32Array;
}

/** What to look for: the `limit` vectors nearest to `vector`, which is given any length but zero. */
export interface NeighborQuery {
  readonly vector: Float32Array;
  readonly limit: number;
  /** The only ids that may be found; ids that there are not are ignored. Default: all. */
  readonly among?: IdSet;
}

/**
 * A vector that was found.
 *
 * Units: cosine similarity, from -1 to 1, to six decimals: the digits that do not depend on the order
 *        in which an implementation adds up its products, so that ties are ties in every one.
 */
export interface Neighbor {
  readonly id: number;
  readonly similarity: number;
}

/**
 * How neighbours were found. SCAN: every vector that may be found was compared. GRAPH: an approximate
 * index gave candidates. SOURCE: the index could not be asked; every vector was compared where the
 * index gets them from. SCAN and SOURCE are exact.
 */
export type SearchPath = 'SCAN' | 'GRAPH' | 'SOURCE';

/** An answer, and how it was found. */
export interface Found {
  /** Most similar first, ties broken by id. */
  readonly neighbors: readonly Neighbor[];
  readonly path: SearchPath;
  /** Number of vectors compared, or of candidates that the graph gave. */
  readonly scanned: number;
  /** Share of the right neighbours that is expected, 0 to 1: 1 where the answer is exact. */
  readonly recall: number;
}

/** Nearest neighbours of vectors. */
export interface VectorIndex {
  readonly dimensions: number;
  /** Number of vectors in it. */
  readonly size: number;
  /**
   * Adds vectors, replacing those whose id is already present. They are found as soon as it returns.
   *
   * Throws: VECTOR_INVALID, taking none of them.
   */
  put(vectors: readonly IndexedVector[]): Promise<void>;
  /** Removes vectors; ids that are not present are ignored. */
  remove(ids: readonly number[]): Promise<void>;
  /**
   * The nearest vectors, and how they were found.
   *
   * Throws: VECTOR_INVALID.
   */
  find(query: NeighborQuery): Promise<Found>;
  /** The neighbours that `find` gives. */
  search(query: NeighborQuery): Promise<readonly Neighbor[]>;
  /** Releases it; what is kept on disk is written first. */
  close(): Promise<void>;
}

/** The similarity of two unit vectors with this inner product. */
export const similarityOf = (product: number): number =>
  Math.min(1, Math.max(-1, roundSimilarity(product)));

/** A vector as an index compares it, or undefined: one without a direction has no neighbours. */
export function usableVector(vector: Float32Array, dimensions: number): Float32Array | undefined {
  try {
    return unitVector(vector, dimensions);
  } catch {
    return undefined;
  }
}

/** The order of an answer: most similar first, ties broken by id. */
export const compareNeighbors = (a: Neighbor, b: Neighbor): number =>
  b.similarity - a.similarity || a.id - b.id;

/**
 * The same direction with length 1, as a new vector.
 *
 * Throws: VECTOR_INVALID unless it has `dimensions` finite numbers, not all of them zero.
 */
export function unitVector(vector: Float32Array, dimensions: number): Float32Array {
  if (vector.length !== dimensions) {
    const value = `${vector.length}`;
    throw appError('VECTOR_INVALID', { rule: `have ${dimensions} numbers`, value });
  }
  if (!isFiniteVector(vector)) {
    throw appError('VECTOR_INVALID', {
      rule: 'have finite numbers only',
      value: 'NaN or Infinity',
    });
  }
  // Scaled by the largest number first, so that neither huge nor tiny ones lose their direction.
  let largest = 0;
  for (let i = 0; i < dimensions; i += 1) largest = Math.max(largest, Math.abs(vector[i]!));
  if (largest === 0) throw appError('VECTOR_INVALID', { rule: 'have a direction', value: 'zero' });
  let sum = 0;
  for (let i = 0; i < dimensions; i += 1) sum += (vector[i]! / largest) * (vector[i]! / largest);
  const length = Math.sqrt(sum);
  const unit = new Float32Array(dimensions);
  for (let i = 0; i < dimensions; i += 1) unit[i] = vector[i]! / largest / length;
  return unit;
}
