/**
 * Whose turn it is to compute: as many pieces of work at a time as can be computed side by side, urgent
 * work first.
 *
 * Invariant: urgent work waits for the end of one piece of other work at most, and other work for a
 * bounded number of urgent pieces, so that neither can starve.
 */
import { setImmediate } from 'node:timers/promises';
import { appError } from '../core/errors.ts';

/** How urgent a piece of work is. */
export type Priority = 'interactive' | 'bulk';

/** Urgent pieces in a row after which a waiting piece of bulk work gets its turn. */
const mostUrgentInARow = 16;

interface Waiting {
  start(): void;
  refuse(error: Error): void;
}

/** A queue for a resource that computes a few things at a time. */
export class Turns {
  readonly #places: number;
  readonly #waiting: Record<Priority, Waiting[]> = { interactive: [], bulk: [] };
  #free: number;
  #urgentInARow = 0;
  #closed: (() => void) | undefined;

  /** `places`: pieces that are computed at once. */
  constructor(places = 1) {
    this.#places = places;
    this.#free = places;
  }

  /** Does the work when its turn has come. Throws: what the work throws. */
  async take<Result>(priority: Priority, work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((start, refuse) => {
      this.#waiting[priority].push({ start, refuse });
      this.#startNext();
    });
    try {
      return await work();
    } finally {
      // Computing may block the event loop: what arrived meanwhile must get a chance to be urgent.
      void setImmediate().then(() => this.#leave());
    }
  }

  /**
   * Does the same to each item, no more of them at once than are computed at once: other work of this
   * priority has its turns in between.
   *
   * Throws: what the work throws first; nothing more is begun then.
   */
  async each<Item>(
    priority: Priority,
    items: readonly Item[],
    work: (item: Item) => Promise<void>,
  ): Promise<void> {
    let next = 0;
    const takeOn = async (): Promise<void> => {
      while (next < items.length) {
        const item = items[next]!;
        next += 1;
        await this.take(priority, () => work(item));
      }
    };
    const stop = (error: unknown): never => {
      next = items.length;
      throw error;
    };
    await Promise.all(Array.from({ length: this.#places }, () => takeOn().catch(stop)));
  }

  /** Refuses what waits, and resolves when the current turns have ended. */
  async close(): Promise<void> {
    await new Promise<void>((closed) => {
      this.#closed = closed;
      this.#startNext();
    });
  }

  #leave(): void {
    this.#free += 1;
    this.#startNext();
  }

  /** Starts what is next if there is a place for it; once closed, nothing. */
  #startNext(): void {
    if (this.#closed) {
      this.#refuseAll();
      if (this.#free === this.#places) this.#closed();
      return;
    }
    const next = this.#free > 0 ? this.#choose() : undefined;
    if (next === undefined) return;
    this.#free -= 1;
    next.start();
  }

  #choose(): Waiting | undefined {
    const { interactive, bulk } = this.#waiting;
    const isBulkDue = this.#urgentInARow >= mostUrgentInARow && bulk.length > 0;
    const isUrgent = interactive.length > 0 && !isBulkDue;
    this.#urgentInARow = isUrgent ? this.#urgentInARow + 1 : 0;
    return isUrgent ? interactive.shift() : bulk.shift();
  }

  #refuseAll(): void {
    const waiting = Object.values(this.#waiting).flatMap((queue) => queue.splice(0));
    for (const one of waiting) one.refuse(appError('INTERRUPTED', { what: 'reading' }));
  }
}
