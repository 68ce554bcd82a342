/**
 * Approximate nearest neighbours by hnswlib's graph, which lives in a child process.
 *
 * The graph is a cache of the source (the database). Three rules keep it from hiding a vector: what it
 * has not absorbed yet is compared exactly and merged; while there is no graph (at a start, after a
 * crash) searches read the source itself; and a snapshot that is not whole and ours is thrown away and
 * the graph built anew. The index follows the source's log by itself, at the latest when searched.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { dot } from '../core/vector.ts';
import { type Changes, ChangeTail, hiddenBy, mergeNeighbors } from './change-tail.ts';
import { changesAtOnce, type HnswChild, usable } from './hnsw-child.ts';
import type { HnswParameters } from './hnsw-graph.ts';
import { HnswSupervisor } from './hnsw-supervisor.ts';
import { Nearest } from './nearest.ts';
import {
  type IndexedVector,
  type Neighbor,
  type NeighborQuery,
  similarityOf,
  unitVector,
  type VectorIndex,
} from './vector-index.ts';
import type { VectorSource } from './vector-source.ts';

/** What to open. */
export interface HnswIndexOptions {
  /** The snapshot's path; its folder exists. */
  readonly path: string;
  readonly dimensions: number;
  /** Id of the model that made the vectors: a snapshot of another one is not used. */
  readonly modelId: string;
  readonly source: VectorSource;
  readonly parameters?: HnswParameters;
  /** Called with what an operator should know: a rebuilding, a crash, a snapshot that failed. */
  readonly notice?: (message: string) => void;
  /** How often the log is looked at when nobody searches. Default: 1,000. */
  readonly followEveryMs?: number;
}

/** Whether searches are answered by the graph, and how far it is. */
export interface HnswStatus {
  /** BUILDING: searches compare with every vector meanwhile. */
  readonly phase: 'READY' | 'BUILDING';
  /** Vectors in the graph. */
  readonly absorbed: number;
  /** Changes that the graph does not have yet; they are compared exactly. */
  readonly waiting: number;
}

/** Measured on 100,000 vectors of each kind (bench/vectors.ts): recall@10 of at least 0.99. */
const defaultParameters: HnswParameters = { m: 16, efConstruction: 200, ef: 200, seed: 100 };

/** A snapshot is written after so many changes, and more when the graph is large. */
const changesPerSnapshot = 10_000;
const shareOfSizePerSnapshot = 0.2;

/** A graph of which more than this is tombstones is built anew. */
const maxWasted = 0.3;
const minSizeToRebuild = 1_000;

/** Changes read from the log at once. */
const logAtOnce = 1_000;

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** An index over a source, in a process of its own. */
export class HnswIndex implements VectorIndex {
  readonly dimensions: number;
  readonly #options: HnswIndexOptions;
  readonly #supervisor: HnswSupervisor;
  readonly #timer: NodeJS.Timeout;
  #tail = new ChangeTail(new Set());
  /** The source's change through which graph and tail together are complete. */
  #accepted = 0;
  #absorbing: Promise<void> | undefined;
  #following: Promise<void> = Promise.resolve();
  /** A look at the log that has not begun: whoever asks now may wait for it. */
  #nextLook: Promise<void> | undefined;

  private constructor(options: HnswIndexOptions) {
    const { path, dimensions, modelId, source, parameters = defaultParameters } = options;
    this.#options = options;
    this.dimensions = dimensions;
    const notice = (message: string) => this.#notice(message);
    const onChange = () => this.#graphChanged();
    const kept = { path, dimensions, modelId, source, parameters, notice, onChange };
    this.#supervisor = new HnswSupervisor(kept);
    this.#timer = setInterval(() => {
      this.catchUp().catch((error: unknown) => notice(messageOf(error)));
    }, options.followEveryMs ?? 1_000);
    this.#timer.unref();
  }

  /** Opens the index. It answers at once: exactly until the graph is there. */
  static open(options: HnswIndexOptions): HnswIndex {
    return new HnswIndex(options);
  }

  /** Number of vectors in it; while there is no graph, of those that the next one has already. */
  get size(): number {
    return this.#supervisor.graph ? this.#tail.sizeAfter : this.#supervisor.absorbed;
  }

  get status(): HnswStatus {
    return {
      phase: this.#supervisor.graph ? 'READY' : 'BUILDING',
      absorbed: this.#supervisor.absorbed,
      waiting: this.#tail.size,
    };
  }

  /** Process id of the graph, for tests; undefined while there is none. */
  get pid(): number | undefined {
    return this.#supervisor.graph?.pid;
  }

  /** Waits until a graph answers, has absorbed everything accepted, and none is being built. */
  async ready(): Promise<void> {
    const isReady = () =>
      this.#supervisor.graph && !this.#supervisor.isBuilding && !this.#absorbing;
    while (!isReady()) {
      this.#supervisor.signal.throwIfAborted();
      await sleep(10);
    }
  }

  /** Takes vectors that the source has, or is given next: the graph is built from there. */
  async put(vectors: readonly IndexedVector[]): Promise<void> {
    const units = vectors.map(
      ({ id, vector }) => [id, unitVector(vector, this.dimensions)] as const,
    );
    this.#accept(new Map(units));
  }

  async remove(ids: readonly number[]): Promise<void> {
    this.#accept(new Map(ids.map((id) => [id, null])));
  }

  async search({ vector, limit }: NeighborQuery): Promise<Neighbor[]> {
    const query = { vector: unitVector(vector, this.dimensions), limit };
    await this.catchUp();
    const { graph } = this.#supervisor;
    if (!graph) return this.#searchSource(query);
    const changes = this.#tail.copy();
    const wanted = limit + hiddenBy(changes, graph.ids);
    const found = await graph.search(query.vector, wanted).catch(() => undefined);
    // None: the process has just ended.
    if (!found || found.isShort) return this.#searchSource(query);
    return mergeNeighbors(found, changes, query);
  }

  /** Accepts what the source has changed since it was looked at last. */
  catchUp(): Promise<void> {
    this.#nextLook ??= this.#following
      .catch(() => undefined)
      .then(() => {
        this.#nextLook = undefined;
        return this.#readLog();
      });
    this.#following = this.#nextLook;
    return this.#following;
  }

  /** Stops following, writes a snapshot of what was absorbed, and ends the process. */
  async close(): Promise<void> {
    if (this.#supervisor.signal.aborted) return;
    clearInterval(this.#timer);
    await this.#supervisor.stop();
    await Promise.allSettled([this.#following, this.#absorbing]);
    const { graph } = this.#supervisor;
    if (graph && !graph.hasEnded && graph.unsaved > 0) await this.#save(graph);
    await graph?.close();
  }

  /** Reads the source itself: right, whatever state the graph is in. */
  async #searchSource({ vector, limit }: NeighborQuery): Promise<Neighbor[]> {
    const nearest = new Nearest(limit);
    for await (const batch of this.#options.source.all()) {
      for (const { id, vector: stored } of batch) {
        const candidate = usable(stored, this.dimensions);
        if (candidate) nearest.offer(id, similarityOf(dot(vector, candidate)));
      }
      await nextTurn();
    }
    return nearest.take();
  }

  /** A graph has taken the place of another, or there is none any more. */
  #graphChanged(): void {
    const { graph } = this.#supervisor;
    // Everything that was accepted is in the source, and a new graph has read it from there.
    this.#tail = new ChangeTail(graph?.ids ?? new Set());
    this.#accepted = graph?.sequence ?? 0;
    if (graph) this.#absorb();
  }

  async #readLog(): Promise<void> {
    for (;;) {
      const { graph, signal } = this.#supervisor;
      if (!graph || signal.aborted) return;
      const changes = await this.#options.source.changesAfter(this.#accepted, logAtOnce);
      if (graph !== this.#supervisor.graph) continue;
      if (!changes) {
        this.#notice('The index is built anew: the log was cut before the index had read it.');
        this.#supervisor.rebuild();
        return;
      }
      const last = changes.at(-1);
      if (!last) return;
      this.#accepted = last.sequence;
      this.#accept(
        new Map(
          changes.map(({ id, vector }) => [
            id,
            (vector && usable(vector, this.dimensions)) ?? null,
          ]),
        ),
      );
    }
  }

  #accept(changes: Changes): void {
    if (!this.#supervisor.graph) return;
    this.#tail.accept(changes);
    this.#absorb();
  }

  #absorb(): void {
    const { graph, signal } = this.#supervisor;
    if (this.#absorbing || !graph || signal.aborted) return;
    this.#absorbing = this.#absorbTail(graph)
      .catch((error: unknown) => {
        if (!signal.aborted && !graph.hasEnded) this.#notice(messageOf(error));
      })
      .finally(() => {
        this.#absorbing = undefined;
        // A graph that came in the meantime has a tail of its own.
        if (this.#supervisor.graph !== graph) this.#absorb();
      });
  }

  async #absorbTail(graph: HnswChild): Promise<void> {
    const tail = this.#tail;
    while (tail === this.#tail && (tail.size > 0 || graph.sequence < this.#accepted)) {
      await this.#sweep(graph, tail);
    }
    if (graph === this.#supervisor.graph && !this.#supervisor.isBuilding)
      await this.#maintain(graph);
  }

  /** Sends what the tail has now; the graph is whole through `#accepted` when the last part is in. */
  async #sweep(graph: HnswChild, tail: ChangeTail): Promise<void> {
    const sequence = this.#accepted;
    const changes = [...tail.copy()];
    for (let from = 0; from === 0 || from < changes.length; from += changesAtOnce) {
      const part = new Map(changes.slice(from, from + changesAtOnce));
      const isLast = from + changesAtOnce >= changes.length;
      await graph.apply(part, isLast ? sequence : null);
      tail.absorbed(part);
    }
  }

  async #maintain(graph: HnswChild): Promise<void> {
    if (graph.wasted > maxWasted && graph.slots > minSizeToRebuild) {
      this.#supervisor.build(false);
      return;
    }
    const due = Math.max(changesPerSnapshot, shareOfSizePerSnapshot * graph.ids.size);
    if (graph.unsaved >= due) await this.#save(graph);
  }

  async #save(graph: HnswChild): Promise<void> {
    try {
      await this.#options.source.forget(await graph.snapshot());
    } catch (error) {
      this.#notice(`The index could not be saved: ${messageOf(error)}`);
    }
  }

  #notice(message: string): void {
    this.#options.notice?.(message);
  }
}
