/**
 * The changes that a graph has not absorbed yet: the last one of each id. They are compared exactly
 * and hide what the graph says of the same ids.
 */
import { dot } from '../core/vector.ts';
import type { PackedNeighbors } from './hnsw-graph.ts';
import { hasId } from './id-set.ts';
import { Nearest } from './nearest.ts';
import { type Neighbor, type NeighborQuery, similarityOf } from './vector-index.ts';

/** Changes by id; null removes it. The vectors are unit vectors. */
export type Changes = ReadonlyMap<number, Float32Array | null>;

/** The changes to come of a graph with the ids `present`, which the graph's owner keeps current. */
export class ChangeTail {
  readonly #present: ReadonlySet<number>;
  readonly #changes = new Map<number, Float32Array | null>();
  /** Those that stay although the graph has absorbed them: it does not find them. */
  readonly #pinned = new Set<number>();

  constructor(present: ReadonlySet<number>) {
    this.#present = present;
  }

  /** Number of changes. */
  get size(): number {
    return this.#changes.size;
  }

  /** Ids of the vectors that are kept here for good. */
  get pinned(): readonly number[] {
    return [...this.#pinned];
  }

  /** Number of changes that the graph has yet to absorb. */
  get waiting(): number {
    return this.#changes.size - this.#pinned.size;
  }

  has(id: number): boolean {
    return this.#changes.has(id);
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
      if (!vector && !isKnown) continue;
      this.#changes.set(id, vector);
      this.#pinned.delete(id);
    }
  }

  /** Keeps the vector of an id that the graph has and does not find, unless the id has changed. */
  pin(id: number, vector: Float32Array): void {
    if (this.#changes.has(id)) return;
    this.#changes.set(id, vector);
    this.#pinned.add(id);
  }

  /** What there is now. */
  copy(): Changes {
    return new Map(this.#changes);
  }

  /** What the graph has yet to absorb. */
  toAbsorb(): Changes {
    return new Map([...this.#changes].filter(([id]) => !this.#pinned.has(id)));
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
  { vector, limit, among }: NeighborQuery,
): Neighbor[] {
  const nearest = new Nearest(limit);
  for (const [i, id] of found.ids.entries()) {
    if (!changes.has(id)) nearest.offer(id, found.similarities[i] ?? 0);
  }
  for (const [id, candidate] of changes) {
    if (candidate && (!among || hasId(among, id)))
      nearest.offer(id, similarityOf(dot(vector, candidate)));
  }
  return nearest.take();
}
