/**
 * The child process that owns the graph. Changes are absorbed one batch after the other, in slices of
 * a few milliseconds, so that searches are answered in between; a snapshot is taken between two
 * batches, never while one is being absorbed.
 */
import { rm } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { hostMethods } from '../ipc/host.ts';
import { HnswGraph, type PackedNeighbors } from './hnsw-graph.ts';
import { readSnapshot, type SnapshotIdentity, writeSnapshot } from './snapshot.ts';

/** What the process is opened with. */
export interface HnswProcessArgument extends SnapshotIdentity {
  /** The snapshot's path. */
  readonly path: string;
  /** Whether to load it; else the graph begins empty. */
  readonly load: boolean;
}

/** What was loaded. */
export interface HnswState {
  /** Last change that the graph has; null when it begins empty. */
  readonly sequence: number | null;
  /** Ids that it has. */
  readonly ids: Float64Array;
  /** Why the snapshot could not be loaded; null when it was, or when there is none. */
  readonly reason: string | null;
}

/** A batch of changes; no id is in it twice. */
export interface HnswBatch {
  readonly ids: Float64Array;
  /** Shapes: [ids.length x dimensions], row after row. */
  readonly vectors: Float32Array;
  readonly removed: Float64Array;
  /** The graph has every change through this number after the batch; null: unknown yet. */
  readonly sequence: number | null;
}

/** What the graph has after a batch. */
export interface HnswCounts {
  readonly size: number;
  readonly tombstones: number;
}

const sliceMs = 10;

/** The graph and the order of what is done to it. */
class GraphHost {
  readonly #argument: HnswProcessArgument;
  #graph: HnswGraph;
  #sequence: number | null = null;
  #reason: string | null = null;
  #work: Promise<unknown> = Promise.resolve();

  constructor(argument: HnswProcessArgument) {
    this.#argument = argument;
    this.#graph = HnswGraph.create(argument.dimensions, argument.parameters);
  }

  /** Loads the snapshot if it is whole and ours; otherwise the graph stays empty. */
  async load(): Promise<void> {
    const { path, dimensions, parameters } = this.#argument;
    const copy = `${path}.${process.pid}.loading`;
    try {
      const { header, ids } = await readSnapshot(path, this.#argument, copy);
      this.#graph = HnswGraph.load(copy, ids, { dimensions, parameters });
      this.#sequence = header.sequence;
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      this.#reason = isMissing ? null : error instanceof Error ? error.message : String(error);
    } finally {
      await rm(copy, { force: true });
    }
  }

  state(): HnswState {
    const ids = this.#graph.ids().filter((id) => id >= 0);
    return { sequence: this.#sequence, ids, reason: this.#reason };
  }

  apply(batch: HnswBatch): Promise<HnswCounts> {
    return this.#inTurn(() => this.#absorb(batch));
  }

  search({ vector, limit }: { vector: Float32Array; limit: number }): PackedNeighbors {
    return this.#graph.search(vector, limit);
  }

  /** Writes a snapshot and returns its sequence; null when the graph is not a whole one yet. */
  snapshot(): Promise<number | null> {
    return this.#inTurn(() => this.#snapshot());
  }

  /** Waits for work that was begun. */
  async settle(): Promise<void> {
    await this.#inTurn(async () => undefined);
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

  async #snapshot(): Promise<number | null> {
    const sequence = this.#sequence;
    if (sequence === null) return null;
    const { path, dimensions, modelId, parameters } = this.#argument;
    const graphFile = `${path}.${process.pid}.saving`;
    try {
      this.#graph.save(graphFile);
      const ids = this.#graph.ids();
      await writeSnapshot(path, { dimensions, modelId, parameters, sequence, ids, graphFile });
    } finally {
      await rm(graphFile, { force: true });
    }
    return sequence;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#work.then(work);
    this.#work = result.catch(() => undefined);
    return result;
  }
}

hostMethods<HnswProcessArgument>(async (argument) => {
  const host = new GraphHost(argument);
  if (argument.load) await host.load();
  return {
    methods: {
      state: () => host.state(),
      apply: (batch: HnswBatch) => host.apply(batch),
      search: (query: { vector: Float32Array; limit: number }) => host.search(query),
      snapshot: () => host.snapshot(),
    },
    close: () => host.settle(),
  };
});
