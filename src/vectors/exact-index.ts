/**
 * Nearest neighbours by comparing with every vector: the definition of right.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { dot } from '../core/vector.ts';
import { hasId } from './id-set.ts';
import { Nearest } from './nearest.ts';
import {
  type Found,
  type IndexedVector,
  type Neighbor,
  type NeighborQuery,
  similarityOf,
  unitVector,
  type VectorIndex,
} from './vector-index.ts';

/** Multiplications between two turns of the event loop: about 5 ms. */
const productsAtOnce = 4_000_000;

/** An index in memory that is always right. Cost: a search reads every vector. */
export class ExactIndex implements VectorIndex {
  readonly dimensions: number;
  readonly #vectors = new Map<number, Float32Array>();

  constructor(dimensions: number) {
    this.dimensions = dimensions;
  }

  get size(): number {
    return this.#vectors.size;
  }

  async put(vectors: readonly IndexedVector[]): Promise<void> {
    const units = vectors.map(({ id, vector }) => ({
      id,
      unit: unitVector(vector, this.dimensions),
    }));
    for (const { id, unit } of units) this.#vectors.set(id, unit);
  }

  async remove(ids: readonly number[]): Promise<void> {
    for (const id of ids) this.#vectors.delete(id);
  }

  async find({ vector, limit, among }: NeighborQuery): Promise<Found> {
    const unit = unitVector(vector, this.dimensions);
    const nearest = new Nearest(limit);
    let scanned = 0;
    let products = 0;
    for (const [id, candidate] of this.#vectors) {
      if (among && !hasId(among, id)) continue;
      nearest.offer(id, similarityOf(dot(unit, candidate)));
      scanned += 1;
      products += unit.length;
      if (products < productsAtOnce) continue;
      products = 0;
      await nextTurn();
    }
    return { neighbors: nearest.take(), path: 'SCAN', scanned, recall: 1 };
  }

  async search(query: NeighborQuery): Promise<readonly Neighbor[]> {
    return (await this.find(query)).neighbors;
  }

  async close(): Promise<void> {
    this.#vectors.clear();
  }
}
