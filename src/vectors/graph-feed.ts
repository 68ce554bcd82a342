/**
 * What the graph that answers has yet to absorb, and the one place that sends it there. Between two
 * deliveries the graph is saved, or built anew, when it is time.
 */
import { type Changes, ChangeTail } from './change-tail.ts';
import { needsRebuilding, needsSaving } from './graph-upkeep.ts';
import { changesAtOnce, type HnswChild } from './hnsw-child.ts';
import type { HnswSupervisor } from './hnsw-supervisor.ts';

/** What a feed needs. */
export interface GraphFeedOptions {
  readonly supervisor: HnswSupervisor;
  /** Lets go of the log through a change that is on the disk. */
  readonly forget: (sequence: number) => Promise<void>;
  readonly notice: (message: string) => void;
}

/** The feed of one index. */
export class GraphFeed {
  readonly #options: GraphFeedOptions;
  #tail = new ChangeTail(new Set());
  #absorbing: Promise<void> | undefined;
  /** The source's change through which graph and tail together are complete. */
  #accepted = 0;

  constructor(options: GraphFeedOptions) {
    this.#options = options;
  }

  /** The changes to come of the graph that answers. */
  get tail(): ChangeTail {
    return this.#tail;
  }

  get accepted(): number {
    return this.#accepted;
  }

  /** Settled when nothing is being sent. */
  get absorbing(): Promise<void> | undefined {
    return this.#absorbing;
  }

  /** A graph has taken the place of another, or there is none any more. */
  begin(): void {
    const { graph } = this.#options.supervisor;
    // Everything that was accepted is in the source, and a new graph has read it from there.
    this.#tail = new ChangeTail(graph?.ids ?? new Set());
    this.#accepted = graph?.sequence ?? 0;
    this.#absorb();
  }

  /** Takes changes, those of the source's log with the number of the last. */
  accept(changes: Changes, sequence = this.#accepted): void {
    if (!this.#options.supervisor.graph) return;
    this.#accepted = sequence;
    this.#tail.accept(changes);
    this.#absorb();
  }

  async save(graph: HnswChild): Promise<void> {
    try {
      await this.#options.forget(await graph.snapshot());
    } catch (error) {
      this.#options.notice(`The index could not be saved: ${String(error)}`);
    }
  }

  #absorb(): void {
    const { graph, signal } = this.#options.supervisor;
    if (this.#absorbing || !graph || signal.aborted) return;
    this.#absorbing = this.#absorbTail(graph)
      .catch((error: unknown) => {
        if (!signal.aborted && !graph.hasEnded) this.#options.notice(String(error));
      })
      .finally(() => {
        this.#absorbing = undefined;
        // A graph that came in the meantime has a tail of its own.
        if (this.#options.supervisor.graph !== graph) this.#absorb();
      });
  }

  async #absorbTail(graph: HnswChild): Promise<void> {
    const tail = this.#tail;
    while (tail === this.#tail && (tail.waiting > 0 || graph.sequence < this.#accepted)) {
      await this.#sweep(graph, tail);
    }
    const { supervisor } = this.#options;
    if (graph !== supervisor.graph || supervisor.isBuilding) return;
    if (needsRebuilding(graph)) supervisor.build(false);
    else if (needsSaving(graph)) await this.save(graph);
  }

  /** Sends what the tail has now; the graph is whole through `accepted` when the last part is in. */
  async #sweep(graph: HnswChild, tail: ChangeTail): Promise<void> {
    const sequence = this.#accepted;
    const changes = [...tail.toAbsorb()];
    for (let from = 0; from === 0 || from < changes.length; from += changesAtOnce) {
      const part = new Map(changes.slice(from, from + changesAtOnce));
      const isLast = from + changesAtOnce >= changes.length;
      await graph.apply(part, isLast ? sequence : null);
      tail.absorbed(part);
    }
  }
}
