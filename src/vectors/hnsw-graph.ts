/**
 * The approximate index itself: hnswlib's graph, with ids of ours and without its traps. Lives in the
 * child process only (`hnsw-process.ts`): a fault of native code must not end the program.
 *
 * Invariants: a vector never changes in place and no slot is used twice (both leave vectors that no
 * search reaches): a replaced or removed one stays as a tombstone until the graph is built anew.
 * Vectors are unit vectors of the right dimension: hnswlib checks nothing.
 */
import hnswlib from 'hnswlib-node';
import { invariant } from '../core/invariant.ts';
import { readGraphFile } from './graph-file.ts';
import type { IdSet } from './id-set.ts';
import type { Nearest } from './nearest.ts';
import { similarityOf } from './vector-index.ts';
import { VectorRows } from './vector-rows.ts';

/** How the graph is built and searched. Changing one needs a new graph. */
export interface HnswParameters {
  /** Links of a node on the upper layers, half of those on the lowest. */
  readonly m: number;
  /** Candidates looked at when a vector is added. */
  readonly efConstruction: number;
  /** Candidates looked at by a search; at least the number asked for. */
  readonly ef: number;
  readonly seed: number;
}

/** Neighbours as two parallel arrays, as they travel between processes. */
export interface PackedNeighbors {
  readonly ids: Float64Array;
  readonly similarities: Float64Array;
}

/** What the graph found. */
export interface GraphNeighbors extends PackedNeighbors {
  /**
   * True when there are fewer than were asked for although the graph has more: some vector cannot be
   * reached from the others.
   */
  readonly isShort: boolean;
}

/** In `ids`, the label of a vector that was removed. */
const tombstone = -1;

const firstCapacity = 1_024;

/** The graph grows by half of itself: doubling would take much that is not needed. */
const growth = 1.5;

/**
 * A graph in memory, with a copy of its vectors for exact comparison: hnswlib gives its own only one
 * number at a time. Labels, hnswlib's ids, count additions from 0; `#ids` says whose they are.
 */
export class HnswGraph {
  readonly #dimensions: number;
  readonly #parameters: HnswParameters;
  readonly #graph: hnswlib.HierarchicalNSW;
  readonly #labels = new Map<number, number>();
  readonly #ids: number[] = [];
  readonly #rows: VectorRows;
  #isSaving = false;

  private constructor(dimensions: number, parameters: HnswParameters) {
    this.#dimensions = dimensions;
    this.#parameters = parameters;
    this.#rows = new VectorRows(dimensions);
    // Inner product of unit vectors is their cosine; the 'cosine' space would scale each one again.
    this.#graph = new hnswlib.HierarchicalNSW('ip', dimensions);
  }

  /** An empty graph. */
  static create(dimensions: number, parameters: HnswParameters): HnswGraph {
    const created = new HnswGraph(dimensions, parameters);
    const { m, efConstruction, ef, seed } = parameters;
    created.#graph.initIndex(firstCapacity, m, efConstruction, seed, false);
    created.#graph.setEf(ef);
    return created;
  }

  /**
   * The graph in a file that `save` wrote; the caller has verified every byte of it.
   *
   * Throws: an Error that says what is wrong with the file.
   */
  static async load(
    file: string,
    ids: Float64Array,
    { dimensions, parameters }: { dimensions: number; parameters: HnswParameters },
  ): Promise<HnswGraph> {
    const loaded = new HnswGraph(dimensions, parameters);
    const shape = { dimensions, count: ids.length, m: parameters.m };
    await readGraphFile(file, shape, (vector) => loaded.#rows.add(vector));
    loaded.#graph.readIndexSync(file);
    loaded.#graph.setEf(parameters.ef);
    for (const [label, id] of ids.entries()) {
      loaded.#ids.push(id);
      if (id !== tombstone) loaded.#labels.set(id, label);
    }
    invariant(loaded.#graph.getCurrentCount() === ids.length, 'A graph has an id for every label.');
    return loaded;
  }

  /** Vectors that can be found. */
  get size(): number {
    return this.#labels.size;
  }

  /** Vectors that were removed and still take their place. */
  get tombstones(): number {
    return this.#ids.length - this.#labels.size;
  }

  /** For each label its id, or -1 when it was removed. */
  ids(): Float64Array {
    return Float64Array.from(this.#ids);
  }

  /** Cost: about a millisecond. */
  put(id: number, vector: Float32Array): void {
    invariant(vector.length === this.#dimensions, `A vector has ${this.#dimensions} numbers.`);
    invariant(Number.isSafeInteger(id) && id >= 0, 'An id is a safe integer from 0.');
    this.remove(id);
    invariant(!this.#isSaving, 'Nothing is added while the graph is being saved.');
    const label = this.#ids.length;
    const capacity = this.#graph.getMaxElements();
    if (label >= capacity) {
      // A graph that was saved empty is read with room for none.
      this.#graph.resizeIndex(Math.max(firstCapacity, Math.ceil(growth * capacity)));
    }
    this.#graph.addPoint(Array.from(vector), label);
    this.#rows.add(vector);
    this.#ids.push(id);
    this.#labels.set(id, label);
  }

  remove(id: number): void {
    const label = this.#labels.get(id);
    if (label === undefined) return;
    invariant(!this.#isSaving, 'Nothing is removed while the graph is being saved.');
    this.#graph.markDelete(label);
    this.#labels.delete(id);
    this.#ids[label] = tombstone;
  }

  /** The vector of an id, sharing the graph's memory; undefined when it has none. */
  vectorOf(id: number): Float32Array | undefined {
    const label = this.#labels.get(id);
    return label === undefined ? undefined : this.#rows.row(label);
  }

  /** The nearest vectors that the graph finds, in no particular order among ties. */
  search(vector: Float32Array, limit: number): GraphNeighbors {
    invariant(vector.length === this.#dimensions, `A vector has ${this.#dimensions} numbers.`);
    const count = Math.min(limit, this.size);
    if (count === 0) {
      return { ids: new Float64Array(), similarities: new Float64Array(), isShort: false };
    }
    const { neighbors } = this.#graph.searchKnn(Array.from(vector), count);
    return {
      ids: Float64Array.from(neighbors, (label) => this.#ids[label] ?? tombstone),
      // Computed as `scan` does: one definition of similarity, whichever way a vector was found.
      similarities: Float64Array.from(neighbors, (label) =>
        similarityOf(this.#rows.dot(label, vector)),
      ),
      isShort: neighbors.length < count,
    };
  }

  /** Offers every vector's similarity, or that of those `among` that there are. Always right. */
  scan(vector: Float32Array, nearest: Nearest, among?: IdSet): void {
    if (among) {
      for (const id of among) {
        const label = this.#labels.get(id);
        if (label !== undefined) nearest.offer(id, similarityOf(this.#rows.dot(label, vector)));
      }
      return;
    }
    for (const [id, label] of this.#labels) {
      nearest.offer(id, similarityOf(this.#rows.dot(label, vector)));
    }
  }

  /**
   * Writes the graph in hnswlib's own format, which has no check of any kind. Searches go on.
   *
   * Throws: an Error when the file is not whole: hnswlib does not notice a full disk.
   */
  async save(file: string): Promise<void> {
    this.#isSaving = true;
    try {
      await this.#graph.writeIndex(file);
    } finally {
      this.#isSaving = false;
    }
    const count = this.#ids.length;
    await readGraphFile(file, { dimensions: this.#dimensions, count, m: this.#parameters.m });
  }
}
