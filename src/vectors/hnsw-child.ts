/**
 * A graph process as its client sees it: builds one from the snapshot or from the source, and knows
 * which vectors it has and through which change.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Child, openChild } from '../ipc/child.ts';
import type { Changes } from './change-tail.ts';
import type { HnswParameters } from './hnsw-graph.ts';
import type {
  HnswBatch,
  HnswCounts,
  HnswFound,
  HnswProcessArgument,
  HnswQuery,
  HnswSaved,
  HnswSaving,
  HnswState,
  PackedVectors,
} from './hnsw-process.ts';
import type { SnapshotIdentity } from './snapshot-header.ts';
import { type IndexedVector, usableVector } from './vector-index.ts';
import { latestChanges, type VectorSource } from './vector-source.ts';

/** What a graph process serves. */
export interface HnswChildOptions extends SnapshotIdentity {
  /** The snapshot's path. */
  readonly path: string;
  readonly source: VectorSource;
  readonly parameters: HnswParameters;
  /** Up to so many multiplications a search compares everything. */
  readonly exactProducts: number;
  /** A process that has not answered a search after so long hangs: it is killed. */
  readonly answerWithinMs: number;
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

/** Ids taken over between two turns of the event loop: about 5 ms. */
const idsAtOnce = 50_000;

function packVectors(put: readonly IndexedVector[], dimensions: number): PackedVectors {
  const vectors = new Float32Array(put.length * dimensions);
  for (const [row, { vector }] of put.entries()) vectors.set(vector, row * dimensions);
  return { ids: Float64Array.from(put, ({ id }) => id), vectors };
}

function pack(changes: Changes, dimensions: number, sequence: number | null): HnswBatch {
  const put = [...changes].flatMap(([id, vector]) => (vector ? [{ id, vector }] : []));
  const removed = [...changes].flatMap(([id, vector]) => (vector ? [] : [id]));
  return { ...packVectors(put, dimensions), removed: Float64Array.from(removed), sequence };
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
  #isLoaded = false;
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
    const { notice } = options;
    const { path, dimensions, modelId, generation, parameters, load, exactProducts } = options;
    const identity = { dimensions, modelId, generation, parameters };
    const argument: HnswProcessArgument = { ...identity, path, load, exactProducts };
    const module = new URL('./hnsw-process.ts', import.meta.url);
    const onExit = (reason: string) => {
      started.#hasEnded = true;
      options.onExit(reason);
    };
    const child = await openChild({ name: 'index', module, argument, onExit, closeTimeoutMs });
    const started = new HnswChild(options, child);
    const state = await child.call<HnswState>('state', null);
    if (state.rejected.length > 0) {
      const what = state.sequence === null ? 'is built anew' : 'begins with an older snapshot';
      notice(`The index ${what}: ${state.rejected.join('; ')}.`);
    }
    await started.#take(state);
    return started;
  }

  async #take({ ids, sequence, tombstones }: HnswState): Promise<void> {
    for (let from = 0; from < ids.length; from += idsAtOnce) {
      for (const id of ids.subarray(from, from + idsAtOnce)) this.ids.add(id);
      await nextTurn();
    }
    this.#isWhole = sequence !== null;
    this.#isLoaded = this.#isWhole;
    this.#hasSnapshot = this.#isWhole;
    this.#sequence = sequence ?? 0;
    this.#tombstones = tombstones;
  }

  /** Last change of the source that was sent to it. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Whether it began with a snapshot, and so with the tombstones of that. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Whether its process has ended without having been asked to. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Changes since the snapshot; infinitely many when there is none of this graph. */
  get unsaved(): number {
    return this.#hasSnapshot ? this.#unsaved : Number.POSITIVE_INFINITY;
  }

  /** Vectors that were removed and still take their place. */
  get tombstones(): number {
    return this.#tombstones;
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

  /** Throws: when the process ends, or has to be ended because it does not answer. */
  async find(query: HnswQuery): Promise<HnswFound> {
    const watch = setTimeout(() => this.#end(), this.#options.answerWithinMs);
    try {
      return await this.#child.call('find', query);
    } finally {
      clearTimeout(watch);
    }
  }

  /** Which of these vectors the graph does not find when it is asked with them. */
  async missed(vectors: readonly IndexedVector[]): Promise<ReadonlySet<number>> {
    const packed = packVectors(vectors, this.#options.dimensions);
    return new Set(await this.#child.call<Float64Array>('missed', packed));
  }

  /** Writes a snapshot of what was absorbed. Returns the last change that every kept one has. */
  async snapshot(saving: HnswSaving = { keepPrevious: true }): Promise<number> {
    const unsaved = this.#unsaved;
    const saved = await this.#child.call<HnswSaved | null>('snapshot', saving);
    this.#hasSnapshot = true;
    this.#unsaved -= unsaved;
    return saved?.oldestSequence ?? 0;
  }

  close(): Promise<void> {
    return this.#child.close();
  }

  /** Process id, for tests. */
  get pid(): number {
    return this.#child.pid;
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#options.notice('The index process does not answer; it is ended.');
    process.kill(this.#child.pid, 'SIGKILL');
  }

  /** True when the log does not lead from what was loaded to what there is. */
  async #isStale(): Promise<boolean> {
    const { source, notice } = this.#options;
    if (!this.#isWhole) return false;
    // A database that was put back to an earlier state.
    const isAhead = this.#sequence > (await source.lastSequence());
    const isBehind = (await source.changesAfter(this.#sequence, 1)) === undefined;
    if (isAhead || isBehind) {
      const how = isAhead ? 'newer than the database' : 'older than the log';
      notice(`The index is built anew: its snapshot is ${how}.`);
    }
    return isAhead || isBehind;
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
    return new Map(vectors.map(({ id, vector }) => [id, usableVector(vector, dimensions) ?? null]));
  }

  async #replay(): Promise<void> {
    const { source, dimensions } = this.#options;
    for (;;) {
      const changes = await source.changesAfter(this.#sequence, changesAtOnce);
      if (changes === undefined) throw new Error('The log was cut while the index was built.');
      const last = changes.at(-1);
      if (!last) return;
      await this.apply(latestChanges(changes, dimensions), last.sequence);
    }
  }
}
