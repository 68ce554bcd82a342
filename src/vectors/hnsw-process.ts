/**
 * The child process that owns the graph. Changes are absorbed one batch after the other, in slices of
 * a few milliseconds, so that searches are answered in between; a snapshot is taken between two
 * batches, never while one is being absorbed.
 */
import { rm } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { hostMethods } from '../ipc/host.ts';
import { findsVector } from './graph-audit.ts';
import { HnswGraph, type PackedNeighbors } from './hnsw-graph.ts';
import type { IdSet } from './id-set.ts';
import { Nearest } from './nearest.ts';
import { loadSnapshot, oldestSequence, removeAbandoned, saveSnapshot } from './snapshot-files.ts';
import type { SnapshotIdentity } from './snapshot-header.ts';

/** What the process is opened with. */
export interface HnswProcessArgument extends SnapshotIdentity {
  /** The snapshot's path. */
  readonly path: string;
  /** Whether to load it; else the graph begins empty. */
  readonly load: boolean;
  /** Up to so many multiplications a search compares everything. */
  readonly exactProducts: number;
}

/** What was loaded. */
export interface HnswState {
  /** Last change that the graph has; null when it begins empty. */
  readonly sequence: number | null;
  /** Ids that it has. */
  readonly ids: Float64Array;
  readonly tombstones: number;
  /** What was wrong with the snapshots that were not used, newest first. */
  readonly rejected: readonly string[];
}

/** Vectors, row after row. Shapes: ids [n], vectors [n x dimensions]. */
export interface PackedVectors {
  readonly ids: Float64Array;
  readonly vectors: Float32Array;
}

/** A batch of changes; no id is in it twice. */
export interface HnswBatch extends PackedVectors {
  readonly removed: Float64Array;
  /** The graph has every change through this number after the batch; null: unknown yet. */
  readonly sequence: number | null;
}

/** What the graph has after a batch. */
export interface HnswCounts {
  readonly size: number;
  readonly tombstones: number;
}

/** What to look for. */
export interface HnswQuery {
  readonly vector: Float32Array;
  readonly limit: number;
  /** The only ids to compare, one by one; null: whatever the graph finds. */
  readonly among: IdSet | null;
}

/** What was found. */
export interface HnswFound extends PackedNeighbors {
  /** True when every vector that may be found was compared. */
  readonly isExact: boolean;
  /** Number of vectors compared, or of candidates. */
  readonly scanned: number;
}

/** How to write a snapshot. */
export interface HnswSaving {
  /** Whether to keep the one before. */
  readonly keepPrevious: boolean;
}

/** What is on the disk now. */
export interface HnswSaved {
  /** Last change that every kept snapshot has. */
  readonly oldestSequence: number;
}

const sliceMs = 10;

/** The graph and the order of what is done to it. */
class GraphHost {
  readonly #argument: HnswProcessArgument;
  #graph: HnswGraph;
  #sequence: number | null = null;
  #rejected: readonly string[] = [];
  #work: Promise<unknown> = Promise.resolve();

  constructor(argument: HnswProcessArgument) {
    this.#argument = argument;
    this.#graph = HnswGraph.create(argument.dimensions, argument.parameters);
  }

  /** Loads the newest good snapshot; without one the graph stays empty. */
  async load(): Promise<void> {
    const { path } = this.#argument;
    await removeAbandoned(path);
    if (!this.#argument.load) return;
    const { loaded, rejected } = await loadSnapshot(path, {
      expected: this.#argument,
      load: ({ ids }, graphFile) => HnswGraph.load(graphFile, ids, this.#argument),
    });
    this.#rejected = rejected;
    if (!loaded) return;
    this.#graph = loaded.graph;
    this.#sequence = loaded.sequence;
  }

  state(): HnswState {
    const ids = this.#graph.ids().filter((id) => id >= 0);
    const { tombstones } = this.#graph;
    return { sequence: this.#sequence, ids, tombstones, rejected: this.#rejected };
  }

  apply(batch: HnswBatch): Promise<HnswCounts> {
    return this.#inTurn(() => this.#absorb(batch));
  }

  find({ vector, limit, among }: HnswQuery): HnswFound {
    const { dimensions, exactProducts } = this.#argument;
    if (among || this.#graph.size * dimensions <= exactProducts) {
      return this.#compare(vector, limit, among ?? undefined);
    }
    const { isShort, ids, similarities } = this.#graph.search(vector, limit);
    // Only the graph can tell: its owner may not know its last changes.
    if (isShort) return this.#compare(vector, limit);
    return { ids, similarities, isExact: false, scanned: ids.length };
  }

  /** Writes a snapshot; null when the graph is not a whole one yet. */
  snapshot({ keepPrevious }: HnswSaving): Promise<HnswSaved | null> {
    return this.#inTurn(() => this.#snapshot(keepPrevious));
  }

  /** Which of these vectors the graph does not find. */
  async missed({ ids, vectors }: PackedVectors): Promise<Float64Array> {
    const { dimensions } = this.#argument;
    const missed: number[] = [];
    for (const [row, id] of ids.entries()) {
      const vector = vectors.subarray(row * dimensions, (row + 1) * dimensions);
      if (!findsVector(this.#graph, id, vector)) missed.push(id);
      await nextTurn();
    }
    return Float64Array.from(missed);
  }

  /** Waits for work that was begun. */
  async settle(): Promise<void> {
    await this.#inTurn(async () => undefined);
  }

  #compare(vector: Float32Array, limit: number, among?: IdSet): HnswFound {
    const nearest = new Nearest(limit);
    this.#graph.scan(vector, nearest, among);
    const found = nearest.take();
    return {
      ids: Float64Array.from(found, ({ id }) => id),
      similarities: Float64Array.from(found, ({ similarity }) => similarity),
      isExact: true,
      scanned: among?.length ?? this.#graph.size,
    };
  }

  async #absorb({ ids, vectors, removed, sequence }: HnswBatch): Promise<HnswCounts> {
    const { dimensions } = this.#argument;
    for (const id of removed) this.#graph.remove(id);
    let sliceEnd = performance.now() + sliceMs;
    for (const [row, id] of ids.entries()) {
      this.#graph.put(id, vectors.subarray(row * dimensions, (row + 1) * dimensions));
      if (performance.now() < sliceEnd) continue;
      await nextTurn();
      sliceEnd = performance.now() + sliceMs;
    }
    if (sequence !== null) this.#sequence = sequence;
    return { size: this.#graph.size, tombstones: this.#graph.tombstones };
  }

  async #snapshot(keepPrevious: boolean): Promise<HnswSaved | null> {
    const sequence = this.#sequence;
    if (sequence === null) return null;
    const { path, dimensions, modelId, generation, parameters } = this.#argument;
    const graphFile = `${path}.graph.${process.pid}.part`;
    const ids = this.#graph.ids();
    try {
      await this.#graph.save(graphFile);
      const identity = { dimensions, modelId, generation, parameters };
      await saveSnapshot(path, { ...identity, sequence, ids, graphFile }, keepPrevious);
    } finally {
      await rm(graphFile, { force: true });
    }
    return { oldestSequence: await oldestSequence(path) };
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#work.then(work);
    this.#work = result.catch(() => undefined);
    return result;
  }
}

hostMethods<HnswProcessArgument>(async (argument) => {
  const host = new GraphHost(argument);
  await host.load();
  return {
    methods: {
      state: () => host.state(),
      apply: (batch: HnswBatch) => host.apply(batch),
      find: (query: HnswQuery) => host.find(query),
      snapshot: (saving: HnswSaving) => host.snapshot(saving),
      missed: (vectors: PackedVectors) => host.missed(vectors),
    },
    close: () => host.settle(),
  };
});
