/**
 * Looks for vectors that an index has lost: asks the graph with the source's own vectors, a few at a
 * time and in turn, so that sooner or later every one has been asked for. What the graph does not find
 * is added to it again; what it does not find even then is kept beside it and compared exactly.
 */
import type { HnswChild } from './hnsw-child.ts';
import { fewestAudited } from './search-cost.ts';
import { type IndexedVector, usableVector } from './vector-index.ts';
import type { VectorSource } from './vector-source.ts';

/** What audits have found since the index was opened. */
export interface AuditCounts {
  /** Vectors that were asked for. */
  readonly audited: number;
  /** Vectors that the graph did not find, or had for an id that there is not. */
  readonly missed: number;
  /** Those of them that are found again, or gone. */
  readonly repaired: number;
}

/** The index as an audit sees it. */
export interface AuditedIndex {
  readonly dimensions: number;
  readonly source: VectorSource;
  readonly graph: HnswChild | undefined;
  /** Whether the graph is still to absorb a change of this id. */
  isWaiting(id: number): boolean;
  /** Accepts what the source has changed. */
  catchUp(): Promise<void>;
  /** Waits until the graph has absorbed everything. */
  ready(): Promise<void>;
  put(vectors: readonly IndexedVector[]): Promise<void>;
  remove(ids: readonly number[]): Promise<void>;
  /** Keeps vectors beside the graph, which does not find them. */
  pin(vectors: readonly IndexedVector[]): void;
  notice(message: string): void;
}

/** Vectors that are asked for at once: about a tenth of a second of the graph's process. */
const auditedAtOnce = 100;

/** The auditor of one index. */
export class IndexAudit {
  readonly #index: AuditedIndex;
  #counts: AuditCounts = { audited: 0, missed: 0, repaired: 0 };
  #recent = { audited: 0, missed: 0 };
  #lastId = -1;

  constructor(index: AuditedIndex) {
    this.#index = index;
  }

  get counts(): AuditCounts {
    return this.#counts;
  }

  /** What the last audits have found; older ones count for less and less, since all is repaired. */
  get recent(): Pick<AuditCounts, 'audited' | 'missed'> {
    return this.#recent;
  }

  /** Asks for the next vectors in turn, if there is a graph. */
  async next(): Promise<void> {
    const batch = await this.#index.source.after(this.#lastId, auditedAtOnce);
    this.#lastId = batch.length < auditedAtOnce ? -1 : (batch.at(-1)?.id ?? -1);
    if (this.#index.graph) await this.#check(batch);
  }

  /** Asks for about so many vectors in turn, beginning with any. */
  async sample(count: number): Promise<AuditCounts> {
    const before = this.#counts;
    await this.#index.ready();
    const ids = [...(this.#index.graph?.ids ?? [])];
    this.#lastId = ids[Math.floor(Math.random() * ids.length)] ?? -1;
    for (let asked = 0; asked < count; asked += auditedAtOnce) await this.next();
    return this.#since(before);
  }

  /** Asks for every vector, then looks for ids that the source does not have. */
  async full(onProgress: (audited: number) => void = () => undefined): Promise<AuditCounts> {
    const before = this.#counts;
    await this.#index.ready();
    const seen = new Set<number>();
    for (let lastId = -1; ; ) {
      const batch = await this.#index.source.after(lastId, auditedAtOnce);
      const last = batch.at(-1);
      if (!last) break;
      for (const { id } of batch) seen.add(id);
      await this.#check(batch);
      onProgress(seen.size);
      lastId = last.id;
    }
    await this.#removePhantoms(seen);
    return this.#since(before);
  }

  #since(before: AuditCounts): AuditCounts {
    const { audited, missed, repaired } = this.#counts;
    return {
      audited: audited - before.audited,
      missed: missed - before.missed,
      repaired: repaired - before.repaired,
    };
  }

  /** Keeps those of these vectors that a graph which took the place of another does not find either. */
  async again(ids: readonly number[]): Promise<void> {
    await this.#index.ready();
    const { graph, source } = this.#index;
    const asked = this.#settled(await source.read(ids));
    const missed = await graph?.missed(asked);
    if (graph !== this.#index.graph) return;
    this.#index.pin(asked.filter(({ id }) => missed?.has(id)));
  }

  async #check(batch: readonly IndexedVector[]): Promise<void> {
    const { graph } = this.#index;
    await this.#index.catchUp();
    const asked = this.#settled(batch);
    if (!graph) return;
    const missed = await graph.missed(asked);
    const lost = await this.#confirm(asked.filter(({ id }) => missed.has(id)));
    this.#count({ audited: asked.length, missed: lost.length, repaired: 0 });
    if (lost.length === 0 || graph !== this.#index.graph) return;
    const first = lost.slice(0, 10).map(({ id }) => id);
    this.#index.notice(
      `The index did not find ${lost.length} of ${asked.length} vectors, e.g. ${first}.`,
    );
    await this.#repair(lost);
  }

  /** What the graph should have by now. */
  #settled(batch: readonly IndexedVector[]): IndexedVector[] {
    return batch.flatMap(({ id, vector }) => {
      const unit = this.#index.isWaiting(id)
        ? undefined
        : usableVector(vector, this.#index.dimensions);
      return unit ? [{ id, vector: unit }] : [];
    });
  }

  /** Those that are still to be found: the source may have changed meanwhile. */
  async #confirm(missed: readonly IndexedVector[]): Promise<IndexedVector[]> {
    if (missed.length === 0) return [];
    const present = await this.#index.source.read(missed.map(({ id }) => id));
    await this.#index.catchUp();
    return this.#settled(present);
  }

  async #repair(lost: readonly IndexedVector[]): Promise<void> {
    await this.#index.put(lost);
    await this.#index.ready();
    const { graph } = this.#index;
    if (!graph) return;
    const missed = await graph.missed(lost);
    this.#count({ audited: 0, missed: 0, repaired: lost.length });
    this.#index.pin(lost.filter(({ id }) => missed.has(id)));
  }

  async #removePhantoms(seen: ReadonlySet<number>): Promise<void> {
    await this.#index.catchUp();
    const { graph, source } = this.#index;
    const unknown = [...(graph?.ids ?? [])].filter((id) => !seen.has(id));
    const present = new Set((await source.read(unknown)).map(({ id }) => id));
    await this.#index.catchUp();
    const phantoms = unknown.filter((id) => !present.has(id) && !this.#index.isWaiting(id));
    if (phantoms.length === 0 || graph !== this.#index.graph) return;
    this.#index.notice(`The index had ${phantoms.length} vectors that there are not.`);
    await this.#index.remove(phantoms);
    await this.#index.ready();
    this.#count({ audited: 0, missed: phantoms.length, repaired: phantoms.length });
  }

  #count({ audited, missed, repaired }: AuditCounts): void {
    this.#counts = {
      audited: this.#counts.audited + audited,
      missed: this.#counts.missed + missed,
      repaired: this.#counts.repaired + repaired,
    };
    const kept = this.#recent.audited < 2 * fewestAudited ? 1 : 1 / 2;
    this.#recent = {
      audited: kept * this.#recent.audited + audited,
      missed: kept * this.#recent.missed + missed,
    };
  }
}
