/**
 * Approximate nearest neighbours by hnswlib's graph, which lives in a child process.
 *
 * The graph is a cache of the source (the database). Three rules keep it from hiding a vector: what it
 * has not absorbed yet is compared exactly and merged; while there is no graph (at a start, after a
 * crash) searches read the source itself; and a snapshot that is not whole and ours is thrown away and
 * the graph built anew. The index follows the source's log by itself, at the latest when searched.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { GraphFeed } from './graph-feed.ts';
import { searchGraph } from './graph-search.ts';
import { missesTooMany } from './graph-upkeep.ts';
import { defaultParameters, type HnswIndexOptions, type HnswStatus } from './hnsw-options.ts';
import { HnswSupervisor } from './hnsw-supervisor.ts';
import { type AuditCounts, IndexAudit } from './index-audit.ts';
import { repeat } from './repeat.ts';
import { exactProducts, expectedRecall } from './search-cost.ts';
import { searchSource } from './source-search.ts';
import {
  type Found,
  type IndexedVector,
  type Neighbor,
  type NeighborQuery,
  unitVector,
  type VectorIndex,
} from './vector-index.ts';
import { latestChanges } from './vector-source.ts';

/** Changes read from the log at once. */
const logAtOnce = 1_000;

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** An index over a source, in a process of its own. */
export class HnswIndex implements VectorIndex {
  readonly dimensions: number;
  readonly #options: HnswIndexOptions;
  readonly #supervisor: HnswSupervisor;
  readonly #feed: GraphFeed;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #audit: IndexAudit;
  #following: Promise<void> = Promise.resolve();
  /** A look at the log that has not begun: whoever asks now may wait for it. */
  #nextLook: Promise<void> | undefined;
  #auditing: Promise<void> | undefined;
  #asking: Promise<void> | undefined;
  /** Ids that a graph before did not find. */
  readonly #suspects = new Set<number>();

  /** Each time more have to be missed: a graph that comes out no better is not built for ever. */
  #rebuiltForPins = 0;

  private constructor(options: HnswIndexOptions) {
    this.#options = options;
    this.dimensions = options.dimensions;
    const notice = (message: string) => this.#notice(message);
    this.#supervisor = new HnswSupervisor({
      generation: 0,
      parameters: defaultParameters,
      exactProducts,
      answerWithinMs: 30_000,
      ...options,
      notice,
      onChange: () => this.#graphChanged(),
    });
    const forget = (sequence: number) => options.source.forget(sequence);
    this.#feed = new GraphFeed({ supervisor: this.#supervisor, forget, notice });
    this.#audit = this.#openAudit();
    const { followEveryMs = 1_000, auditEveryMs = 10_000 } = options;
    const failed = (error: unknown) => {
      if (!this.#supervisor.signal.aborted) notice(messageOf(error));
    };
    this.#timers = [
      repeat(followEveryMs, () => this.catchUp(), failed),
      ...(auditEveryMs > 0 ? [repeat(auditEveryMs, () => this.#auditNext(), failed)] : []),
    ];
  }

  /** Opens the index. It answers at once: exactly until the graph is there. */
  static open(options: HnswIndexOptions): HnswIndex {
    return new HnswIndex(options);
  }

  /** Number of vectors in it; while there is no graph, of those that the next one has already. */
  get size(): number {
    return this.#supervisor.graph ? this.#feed.tail.sizeAfter : this.#supervisor.absorbed;
  }

  get status(): HnswStatus {
    return {
      phase: this.#supervisor.graph ? 'READY' : 'BUILDING',
      absorbed: this.#supervisor.absorbed,
      waiting: this.#feed.tail.waiting,
      tombstones: this.#supervisor.graph?.tombstones ?? 0,
      crashes: this.#supervisor.crashes,
      ...this.#audit.counts,
    };
  }

  /** Process id of the graph, for tests. */
  get pid(): number | undefined {
    return this.#supervisor.graph?.pid;
  }

  /** Waits until a graph answers, has absorbed everything accepted, and none is being built. */
  async ready(): Promise<void> {
    do {
      await this.#settled();
      await this.#asking;
    } while (!this.#isSettled());
  }

  /** Takes vectors that the source has or is given next. */
  async put(vectors: readonly IndexedVector[]): Promise<void> {
    const units = vectors.map(
      ({ id, vector }) => [id, unitVector(vector, this.dimensions)] as const,
    );
    this.#feed.accept(new Map(units));
  }

  async remove(ids: readonly number[]): Promise<void> {
    this.#feed.accept(new Map(ids.map((id) => [id, null])));
  }

  async find(query: NeighborQuery): Promise<Found> {
    const asked = { ...query, vector: unitVector(query.vector, this.dimensions) };
    await this.catchUp();
    const { graph } = this.#supervisor;
    // Without an answer the process has just ended.
    const found =
      graph && (await searchGraph(graph, this.#feed.tail.copy(), asked).catch(() => null));
    if (!found) return searchSource(this.#options.source, this.dimensions, asked);
    return { ...found, recall: found.path === 'GRAPH' ? expectedRecall(this.#audit.recent) : 1 };
  }

  async search(query: NeighborQuery): Promise<readonly Neighbor[]> {
    return (await this.find(query)).neighbors;
  }

  /** Asks the graph for every vector, repairs what it does not find, and says how many those were. */
  auditAll(onProgress?: (audited: number) => void): Promise<AuditCounts> {
    return this.#audit.full(onProgress);
  }

  /** The same for about so many vectors. */
  auditSome(count: number): Promise<AuditCounts> {
    return this.#audit.sample(count);
  }

  /**
   * Builds the graph anew beside the one that answers, and leaves on the disk nothing but that: what
   * was removed before is in no file of this index any more.
   */
  async rewrite(): Promise<void> {
    await this.ready();
    const before = this.#supervisor.graph;
    let graph = before;
    // More than once only if a process ends meanwhile: the next may begin with the old snapshot.
    while (!graph || graph === before || graph.isLoaded) {
      this.#supervisor.build(false);
      await this.ready();
      graph = this.#supervisor.graph;
    }
    await this.#options.source.forget(await graph.snapshot({ keepPrevious: false }));
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
    for (const timer of this.#timers) clearInterval(timer);
    await this.#supervisor.stop();
    await Promise.allSettled([this.#following, this.#feed.absorbing, this.#auditing, this.#asking]);
    const { graph } = this.#supervisor;
    if (graph && !graph.hasEnded && graph.unsaved > 0) await this.#feed.save(graph);
    await graph?.close();
  }

  #isSettled(): boolean {
    const { graph, isBuilding } = this.#supervisor;
    return graph !== undefined && !isBuilding && !this.#feed.absorbing;
  }

  async #settled(): Promise<void> {
    while (!this.#isSettled()) {
      this.#supervisor.signal.throwIfAborted();
      await sleep(10);
    }
  }

  #openAudit(): IndexAudit {
    const supervisor = this.#supervisor;
    return new IndexAudit({
      dimensions: this.dimensions,
      source: this.#options.source,
      get graph() {
        return supervisor.graph;
      },
      isWaiting: (id) => this.#feed.tail.has(id),
      catchUp: () => this.catchUp(),
      ready: () => this.#settled(),
      put: (vectors) => this.put(vectors),
      remove: (ids) => this.remove(ids),
      pin: (vectors) => this.#pin(vectors),
      notice: (message) => this.#notice(message),
    });
  }

  async #auditNext(): Promise<void> {
    if (this.#auditing || this.#supervisor.isBuilding) return;
    this.#auditing = this.#audit.next();
    try {
      await this.#auditing;
    } finally {
      this.#auditing = undefined;
    }
  }

  /** Keeps vectors in the tail; builds the graph anew when it misses too many. */
  #pin(vectors: readonly IndexedVector[]): void {
    const { graph } = this.#supervisor;
    for (const { id, vector } of vectors) this.#feed.tail.pin(id, vector);
    const missed = this.#feed.tail.pinned.length / 2 ** this.#rebuiltForPins;
    if (!graph || !missesTooMany(graph, missed)) return;
    this.#rebuiltForPins += 1;
    this.#supervisor.build(false);
  }

  /** What one graph did not find the next may not find either. */
  #askAgain(): void {
    if (this.#asking || this.#suspects.size === 0) return;
    const ids = [...this.#suspects];
    this.#suspects.clear();
    this.#asking = this.#audit
      .again(ids)
      .catch(() => {
        for (const id of ids) this.#suspects.add(id);
      })
      .finally(() => {
        this.#asking = undefined;
      });
  }

  /** A graph has taken the place of another, or there is none any more. */
  #graphChanged(): void {
    const { graph } = this.#supervisor;
    for (const id of this.#feed.tail.pinned) this.#suspects.add(id);
    this.#feed.begin();
    if (graph) this.#askAgain();
  }

  async #readLog(): Promise<void> {
    for (;;) {
      const { graph, signal } = this.#supervisor;
      if (!graph || signal.aborted) return;
      const changes = await this.#options.source.changesAfter(this.#feed.accepted, logAtOnce);
      if (graph !== this.#supervisor.graph) continue;
      if (!changes) {
        this.#notice('The index is built anew: the log was cut before the index had read it.');
        this.#supervisor.rebuild();
        return;
      }
      const last = changes.at(-1);
      if (!last) return;
      this.#feed.accept(latestChanges(changes, this.dimensions), last.sequence);
    }
  }

  #notice(message: string): void {
    this.#options.notice?.(message);
  }
}
