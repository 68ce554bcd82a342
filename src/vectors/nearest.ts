/**
 * The nearest of many neighbours: keeps at most twice as many as asked for and sorts now and then,
 * which is cheaper than a heap for the limits that are asked for.
 */
import { compareNeighbors, type Neighbor } from './vector-index.ts';

/** Collects neighbours and gives the nearest. */
export class Nearest {
  readonly #limit: number;
  #kept: Neighbor[] = [];
  /** Similarity below which a neighbour cannot be among the nearest any more. */
  #bound = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes a neighbour into account. Each id is offered once. */
  offer(id: number, similarity: number): void {
    if (similarity < this.#bound) return;
    this.#kept.push({ id, similarity });
    if (this.#kept.length >= 2 * this.#limit + 64) this.#cut();
  }

  /** The nearest so far, most similar first, ties by id. */
  take(): Neighbor[] {
    this.#cut();
    return this.#kept;
  }

  #cut(): void {
    this.#kept = this.#kept.sort(compareNeighbors).slice(0, this.#limit);
    if (this.#kept.length === this.#limit) this.#bound = this.#kept.at(-1)?.similarity ?? Infinity;
  }
}
