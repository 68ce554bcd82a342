/** A source of vectors that never change, for indexes too large for a log in memory. */
import type { IndexedVector } from '../../src/vectors/vector-index.ts';
import type { VectorSource } from '../../src/vectors/vector-source.ts';

const batchSize = 1_000;

/** The vectors, with their places as ids. */
export function arraySource(vectors: readonly Float32Array[]): VectorSource {
  const some = (from: number, to: number): IndexedVector[] =>
    vectors.slice(from, to).map((vector, i) => ({ id: from + i, vector }));
  return {
    lastSequence: async () => vectors.length,
    async *all() {
      for (let from = 0; from < vectors.length; from += batchSize) {
        yield some(from, from + batchSize);
      }
    },
    read: async (ids) =>
      ids.flatMap((id) => {
        const vector = vectors[id];
        return vector ? [{ id, vector }] : [];
      }),
    after: async (id, limit) => some(id + 1, id + 1 + limit),
    changesAfter: async () => [],
    forget: async () => undefined,
  };
}
