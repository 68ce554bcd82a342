/**
 * The changes that a graph has not absorbed yet: the last one of each id. They are compared exactly
 * and hide what the graph says of the same ids.
 */
import { dot } from '../core/vector.ts';
import type { PackedNeighbors } from './hnsw-graph.ts';
import { Nearest } from './nearest.ts';
import { type Neighbor, type NeighborQuery, similarityOf } from './vector-index.ts';

/** Changes by id; null removes it. The vectors are unit vectors. */
export type Changes = ReadonlyMap<number, Float32Array | null>;

/** The changes to come of a graph with the ids `present`, which the graph's owner keeps current. */
export class ChangeTail {
  readonly #present: ReadonlySet<number>;
  readonly #changes = new Map<number, Float32Array | null>();

  constructor(present: ReadonlySet<number>) {
    this.#present = present;
  }

  /** Number of changes. */
  get size(): number {
    return this.#changes.size;
  }

  /** Number of vectors there are once all is absorbed. */
  get sizeAfter(): number {
    let size = this.#present.size;
    for (const [id, vector] of this.#changes) {
      size += Number(vector !== null) - Number(this.#present.has(id));
    }
    return size;
  }

  accept(changes: Changes): void {
    for (const [id, vector] of changes) {
      const isKnown = this.#present.has(id) || this.#changes.has(id);
      if (vector || isKnown) this.#changes.set(id, vector);
    }
  }

  /** What there is now. */
  copy(): Changes {
    return new Map(this.#changes);
  }

  /** Forgets changes that the graph has absorbed, unless they were overtaken by later ones. */
  absorbed(changes: Changes): void {
    for (const [id, vector] of changes) {
      if (this.#changes.get(id) === vector) this.#changes.delete(id);
    }
  }
}

/** How many of the graph's vectors the changes hide: so many more must be asked of it. */
export const hiddenBy = (changes: Changes, present: ReadonlySet<number>): number =>
  [...changes.keys()].filter((id) => present.has(id)).length;

/** What the graph found and the changes say, as one answer; the changes know better. */
export function mergeNeighbors(
  found: PackedNeighbors,
  changes: Changes,
  { vector, limit }: NeighborQuery,
): Neighbor[] {
  const nearest = new Nearest(limit);
  for (const [i, id] of found.ids.entries()) {
    if (!changes.has(id)) nearest.offer(id, found.similarities[i] ?? 0);
  }
  for (const [id, candidate] of changes) {
    if (candidate) nearest.offer(id, similarityOf(dot(vector, candidate)));
  }
  return nearest.take();
}
