/**
 * A graph process as its client sees it: builds one from the snapshot or from the source, and knows
 * which vectors it has and through which change.
 */
import { type Child, openChild } from '../ipc/child.ts';
import type { Changes } from './change-tail.ts';
import type { HnswParameters, PackedNeighbors } from './hnsw-graph.ts';
import type { HnswBatch, HnswCounts, HnswProcessArgument, HnswState } from './hnsw-process.ts';
import type { SnapshotIdentity } from './snapshot.ts';
import { type IndexedVector, unitVector } from './vector-index.ts';
import type { VectorSource } from './vector-source.ts';

/** What a graph process serves. */
export interface HnswChildOptions extends SnapshotIdentity {
  /** The snapshot's path. */
  readonly path: string;
  readonly source: VectorSource;
  readonly parameters: HnswParameters;
  /** Whether to begin with the snapshot, if there is a good one. */
  readonly load: boolean;
  /** Stops building. */
  readonly signal: AbortSignal;
  readonly onExit: (reason: string) => void;
  /** Called with what somebody should know: why a snapshot was not used. */
  readonly notice: (message: string) => void;
  /** Called with the number of vectors the graph has, while it is built. */
  readonly onProgress: (built: number) => void;
}

/** Changes sent at once: about a fifth of a second of work. */
export const changesAtOnce = 200;

/** Saving and ending may take long when the graph is large. */
const closeTimeoutMs = 60_000;

/** A vector that can be compared, or undefined: one without a direction has no neighbours. */
export function usable(vector: Float32Array, dimensions: number): Float32Array | undefined {
  try {
    return unitVector(vector, dimensions);
  } catch {
    return undefined;
  }
}

function pack(changes: Changes, dimensions: number, sequence: number | null): HnswBatch {
  const put = [...changes].flatMap(([id, vector]) => (vector ? [{ id, vector }] : []));
  const removed = [...changes].flatMap(([id, vector]) => (vector ? [] : [id]));
  const vectors = new Float32Array(put.length * dimensions);
  for (const [row, { vector }] of put.entries()) vectors.set(vector, row * dimensions);
  return {
    ids: Float64Array.from(put, ({ id }) => id),
    vectors,
    removed: Float64Array.from(removed),
    sequence,
  };
}

/** A running graph process. Invariant: it has exactly the vectors of `ids`. */
export class HnswChild {
  readonly ids = new Set<number>();
  readonly #options: HnswChildOptions;
  readonly #child: Child;
  /** Whether it has every vector that the source had at `#sequence`. */
  #isWhole = false;
  #hasSnapshot = false;
  #hasEnded = false;
  #unsaved = 0;
  #sequence = 0;
  #tombstones = 0;

  private constructor(options: HnswChildOptions, child: Child) {
    this.#options = options;
    this.#child = child;
  }

  /**
   * Starts a process and brings it up to the source's last change.
   *
   * Cost: a millisecond a vector, or a second in all when the snapshot can be used.
   */
  static async build(options: HnswChildOptions): Promise<HnswChild> {
    const built = await HnswChild.#start(options);
    try {
      if (await built.#isStale()) {
        await built.close();
        return await HnswChild.build({ ...options, load: false });
      }
      if (!built.#isWhole) await built.#readAll();
      await built.#replay();
    } catch (error) {
      await built.close();
      throw error;
    }
    return built;
  }

  static async #start(options: HnswChildOptions): Promise<HnswChild> {
    const { path, dimensions, modelId, parameters, load, notice } = options;
    const argument: HnswProcessArgument = { path, dimensions, modelId, parameters, load };
    const module = new URL('./hnsw-process.ts', import.meta.url);
    const onExit = (reason: string) => {
      started.#hasEnded = true;
      options.onExit(reason);
    };
    const child = await openChild({ name: 'index', module, argument, onExit, closeTimeoutMs });
    const started = new HnswChild(options, child);
    const { sequence, ids, reason } = await child.call<HnswState>('state', null);
    if (reason !== null) notice(`The index is built anew: ${reason}.`);
    for (const id of ids) started.ids.add(id);
    started.#isWhole = sequence !== null;
    started.#hasSnapshot = started.#isWhole;
    started.#sequence = sequence ?? 0;
    return started;
  }

  /** Last change of the source that was sent to it. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Whether its process has ended without having been asked to. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Changes since the snapshot; infinitely many when there is none of this graph. */
  get unsaved(): number {
    return this.#hasSnapshot ? this.#unsaved : Number.POSITIVE_INFINITY;
  }

  /** Vectors and tombstones. */
  get slots(): number {
    return this.ids.size + this.#tombstones;
  }

  /** Share of the graph that is tombstones. */
  get wasted(): number {
    return this.#tombstones / Math.max(1, this.slots);
  }

  /** Absorbs changes; `sequence` says through which change the graph is whole then. */
  async apply(changes: Changes, sequence: number | null): Promise<void> {
    this.#options.signal.throwIfAborted();
    const batch = pack(changes, this.#options.dimensions, sequence);
    const counts = await this.#child.call<HnswCounts>('apply', batch);
    this.#tombstones = counts.tombstones;
    this.#unsaved += changes.size;
    for (const [id, vector] of changes) {
      if (vector) this.ids.add(id);
      else this.ids.delete(id);
    }
    if (sequence !== null) this.#sequence = sequence;
  }

  search(vector: Float32Array, limit: number): Promise<PackedNeighbors> {
    return this.#child.call('search', { vector, limit });
  }

  /** Writes a snapshot of what was absorbed. Returns the last change that is in it for sure. */
  async snapshot(): Promise<number> {
    const unsaved = this.#unsaved;
    const sequence = await this.#child.call<number | null>('snapshot', null);
    this.#hasSnapshot = true;
    this.#unsaved -= unsaved;
    return sequence ?? 0;
  }

  close(): Promise<void> {
    return this.#child.close();
  }

  /** Process id, for tests. */
  get pid(): number {
    return this.#child.pid;
  }

  /** True when the log no longer reaches back to what was loaded. */
  async #isStale(): Promise<boolean> {
    const { source, notice } = this.#options;
    if (!this.#isWhole || (await source.changesAfter(this.#sequence, 1)) !== undefined)
      return false;
    notice('The index is built anew: its snapshot is older than the log.');
    return true;
  }

  async #readAll(): Promise<void> {
    const { source, onProgress } = this.#options;
    const sequence = await source.lastSequence();
    for await (const batch of source.all()) {
      for (let from = 0; from < batch.length; from += changesAtOnce) {
        await this.apply(this.#usable(batch.slice(from, from + changesAtOnce)), null);
        onProgress(this.ids.size);
      }
    }
    await this.apply(new Map(), sequence);
    this.#isWhole = true;
  }

  #usable(vectors: readonly IndexedVector[]): Changes {
    const { dimensions } = this.#options;
    return new Map(vectors.map(({ id, vector }) => [id, usable(vector, dimensions) ?? null]));
  }

  async #replay(): Promise<void> {
    const { source, dimensions } = this.#options;
    for (;;) {
      const changes = await source.changesAfter(this.#sequence, changesAtOnce);
      if (changes === undefined) throw new Error('The log was cut while the index was built.');
      const last = changes.at(-1);
      if (!last) return;
      const latest = new Map(
        changes.map(({ id, vector }) => [id, (vector && usable(vector, dimensions)) ?? null]),
      );
      await this.apply(latest, last.sequence);
    }
  }
}
