/**
 * Whose turn it is to compute: one piece of work at a time, urgent work first.
 *
 * Invariant: urgent work waits for one piece of other work at most, and other work for a bounded
 * number of urgent pieces, so that neither can starve.
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

/** A queue for a resource that computes one thing at a time. */
export class Turns {
  readonly #waiting: Record<Priority, Waiting[]> = { interactive: [], bulk: [] };
  #busy = false;
  #urgentInARow = 0;
  #closed: (() => void) | undefined;

  /** Does the work when its turn has come. Throws: what the work throws. */
  async take<Result>(priority: Priority, work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((start, refuse) => {
      this.#waiting[priority].push({ start, refuse });
      if (!this.#busy) this.#next();
    });
    try {
      return await work();
    } finally {
      // Computing blocks the event loop: what arrived meanwhile must get a chance to be urgent.
      void setImmediate().then(() => this.#next());
    }
  }

  /** Refuses what waits, and resolves when the current turn has ended. */
  async close(): Promise<void> {
    await new Promise<void>((closed) => {
      this.#closed = closed;
      if (!this.#busy) this.#next();
    });
  }

  #next(): void {
    if (this.#closed) {
      this.#busy = false;
      this.#refuseAll();
      this.#closed();
      return;
    }
    const { interactive, bulk } = this.#waiting;
    const isBulkDue = this.#urgentInARow >= mostUrgentInARow && bulk.length > 0;
    const isUrgent = interactive.length > 0 && !isBulkDue;
    const next = isUrgent ? interactive.shift() : bulk.shift();
    this.#urgentInARow = isUrgent ? this.#urgentInARow + 1 : 0;
    this.#busy = next !== undefined;
    next?.start();
  }

  #refuseAll(): void {
    const waiting = Object.values(this.#waiting).flatMap((queue) => queue.splice(0));
    for (const one of waiting) one.refuse(appError('INTERRUPTED', { what: 'reading' }));
  }
}
