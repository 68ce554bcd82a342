/** A source of vectors in memory, with the log that a database would keep. */
import type { IndexedVector } from '../../../src/vectors/vector-index.ts';
import type { SourceChange, VectorSource } from '../../../src/vectors/vector-source.ts';

export class MapSource implements VectorSource {
  readonly vectors = new Map<number, Float32Array>();
  #log: { sequence: number; id: number; isPut: boolean }[] = [];
  #sequence = 0;
  #forgotten = 0;

  put(vectors: readonly IndexedVector[]): void {
    for (const { id, vector } of vectors) {
      this.vectors.set(id, vector.slice());
      this.#write(id, true);
    }
  }

  remove(ids: readonly number[]): void {
    for (const id of ids) {
      if (this.vectors.delete(id)) this.#write(id, false);
    }
  }

  async lastSequence(): Promise<number> {
    return this.#sequence;
  }

  async *all(): AsyncGenerator<IndexedVector[]> {
    const ids = [...this.vectors.keys()].sort((a, b) => a - b);
    for (let from = 0; from < ids.length; from += 100) {
      const part = ids.slice(from, from + 100);
      yield part.flatMap((id) => {
        const vector = this.vectors.get(id);
        return vector ? [{ id, vector }] : [];
      });
    }
  }

  async read(ids: readonly number[]): Promise<IndexedVector[]> {
    return ids.flatMap((id) => {
      const vector = this.vectors.get(id);
      return vector ? [{ id, vector }] : [];
    });
  }

  async after(id: number, limit: number): Promise<IndexedVector[]> {
    const ids = [...this.vectors.keys()].filter((each) => each > id).sort((a, b) => a - b);
    return this.read(ids.slice(0, limit));
  }

  async changesAfter(sequence: number, limit: number): Promise<SourceChange[] | undefined> {
    if (sequence < this.#forgotten) return undefined;
    return this.#log
      .filter((entry) => entry.sequence > sequence)
      .slice(0, limit)
      .map(({ sequence: number, id, isPut }) => ({
        sequence: number,
        id,
        vector: isPut ? (this.vectors.get(id) ?? null) : null,
      }));
  }

  async forget(sequence: number): Promise<void> {
    this.#forgotten = Math.max(this.#forgotten, sequence);
    this.#log = this.#log.filter((entry) => entry.sequence > sequence);
  }

  /** Entries of the log that are left. */
  get logged(): number {
    return this.#log.length;
  }

  #write(id: number, isPut: boolean): void {
    this.#sequence += 1;
    this.#log.push({ sequence: this.#sequence, id, isPut });
  }
}
