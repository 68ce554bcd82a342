/**
 * Nearest neighbours of unit vectors by cosine similarity.
 *
 * `exact-index.ts` is the definition of a right answer; the others are measured against it by
 * `test/contract/vector-index.ts`.
 */
import { appError } from '../core/errors.ts';
import { isFiniteVector } from '../core/vector.ts';

/** A vector with its id: a safe integer >= 0. */
export interface IndexedVector {
  readonly id: number;
  readonly vector: Float32Array;
}

/** What to look for: the `limit` vectors nearest to `vector`, which is given any length but zero. */
export interface NeighborQuery {
  readonly vector: Float32Array;
  readonly limit: number;
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
   * The nearest vectors, most similar first, ties broken by id.
   *
   * Throws: VECTOR_INVALID.
   */
  search(query: NeighborQuery): Promise<Neighbor[]>;
  /** Releases it; what is kept on disk is written first. */
  close(): Promise<void>;
}

/** The similarity of two unit vectors with this inner product. */
export const similarityOf = (product: number): number =>
  Math.min(1, Math.max(-1, Math.round(product * 1e6) / 1e6));

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
  const largest = vector.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  if (largest === 0) throw appError('VECTOR_INVALID', { rule: 'have a direction', value: 'zero' });
  const scaled = Float64Array.from(vector, (value) => value / largest);
  const length = Math.sqrt(scaled.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(scaled, (value) => value / length);
}
