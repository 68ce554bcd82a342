/**
 * Keeps one graph process running: builds it, replaces it by a better one, and starts it again when it
 * ends, with a growing wait.
 */
import { appError } from '../core/errors.ts';
import { HnswChild, type HnswChildOptions } from './hnsw-child.ts';

/** What to keep running. */
export interface HnswSupervisorOptions
  extends Pick<
    HnswChildOptions,
    | 'path'
    | 'dimensions'
    | 'modelId'
    | 'generation'
    | 'parameters'
    | 'exactProducts'
    | 'answerWithinMs'
    | 'source'
    | 'notice'
  > {
  /** Called when `graph` has become another one, or none. */
  readonly onChange: () => void;
}

/** After so many crashes in a row the snapshot is no longer trusted. */
const crashesBeforeDistrust = 2;
const firstRestartMs = 100;
const maxRestartMs = 30_000;
/** A graph that lived this long did not crash in a row with the one before. */
const stableMs = 60_000;

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** The owner of the process. */
export class HnswSupervisor {
  readonly #options: HnswSupervisorOptions;
  readonly #stopping = new AbortController();
  #graph: HnswChild | undefined;
  #building: Promise<void> | undefined;
  #restart: NodeJS.Timeout | undefined;
  /** In a row. */
  #crashes = 0;
  #allCrashes = 0;
  #startedAt = 0;
  #built = 0;

  constructor(options: HnswSupervisorOptions) {
    this.#options = options;
    this.build(true);
  }

  /** The graph that answers; undefined while there is none. */
  get graph(): HnswChild | undefined {
    return this.#graph;
  }

  /** True while a graph is being built, in place of none or of the one that answers. */
  get isBuilding(): boolean {
    return this.#building !== undefined || this.#restart !== undefined;
  }

  /** Vectors in the graph, or in the one that is being built. */
  get absorbed(): number {
    return this.#graph?.ids.size ?? this.#built;
  }

  /** How often a process has ended by itself. */
  get crashes(): number {
    return this.#allCrashes;
  }

  /** Aborted when the supervisor stops. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Builds a graph, from the snapshot if told so; the one there is answers until it is done. */
  build(load: boolean): void {
    if (this.#building || this.#stopping.signal.aborted) return;
    clearTimeout(this.#restart);
    this.#restart = undefined;
    this.#building = this.#build(load).then(
      (graph) => this.#replace(graph),
      (error: unknown) => this.#failed(messageOf(error)),
    );
  }

  /** Drops a graph that cannot be trusted and builds one from the source. */
  rebuild(): void {
    void this.#lose()?.close();
    this.build(false);
  }

  /** Stops building and starting; the graph is left to the caller. */
  async stop(): Promise<void> {
    this.#stopping.abort(appError('INTERRUPTED', { what: 'index' }));
    clearTimeout(this.#restart);
    await this.#building;
  }

  async #build(load: boolean): Promise<HnswChild> {
    const next: HnswChild = await HnswChild.build({
      ...this.#options,
      load,
      signal: this.#stopping.signal,
      onProgress: (built) => {
        this.#built = built;
      },
      onExit: (reason) => {
        if (this.#graph === next) this.#failed(reason);
      },
    });
    return next;
  }

  async #replace(graph: HnswChild): Promise<void> {
    const before = this.#graph;
    this.#building = undefined;
    this.#graph = graph;
    this.#startedAt = Date.now();
    this.#options.onChange();
    await before?.close();
  }

  #lose(): HnswChild | undefined {
    const graph = this.#graph;
    this.#built = 0;
    this.#graph = undefined;
    this.#options.onChange();
    return graph;
  }

  /** The process has ended, or another could not be built: tries again after a growing wait. */
  #failed(reason: string): void {
    this.#building = undefined;
    if (this.#stopping.signal.aborted) return;
    if (this.#graph?.hasEnded) this.#lose();
    if (Date.now() - this.#startedAt > stableMs) this.#crashes = 0;
    this.#crashes += 1;
    this.#allCrashes += 1;
    const waitMs = Math.min(firstRestartMs * 2 ** (this.#crashes - 1), maxRestartMs);
    this.#options.notice(
      `The index process failed (${reason}); it is started again in ${waitMs} ms.`,
    );
    this.#startLater(waitMs);
  }

  #startLater(waitMs: number): void {
    clearTimeout(this.#restart);
    this.#restart = setTimeout(() => {
      this.#restart = undefined;
      this.build(this.#crashes < crashesBeforeDistrust);
    }, waitMs);
  }
}
