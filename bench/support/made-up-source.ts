/**
 * A source of seeded vectors that are made up each time they are read, so that a million of them take no
 * memory in the process that offers them.
 */
import { normalize } from '../../src/core/vector.ts';
import type { IndexedVector } from '../../src/vectors/vector-index.ts';
import type { VectorSource } from '../../src/vectors/vector-source.ts';
import { randomVectors, seededRandom } from '../../test/support/vectors/random-vectors.ts';

/** How many, and of what length. */
export interface MadeUpVectors {
  readonly count: number;
  readonly dimensions: number;
}

const batchSize = 1_000;
const topicCount = 1_000;
const spread = 0.05;

/** Vectors around a thousand topics, with ids from 0. */
export function madeUpSource({ count, dimensions }: MadeUpVectors): VectorSource {
  const topics = randomVectors({ count: topicCount, dimensions, seed: 5 });
  const vectorOf = (id: number): IndexedVector => {
    const random = seededRandom(id);
    const topic = topics[Math.floor(random() * topicCount)]!.vector;
    return { id, vector: normalize(topic.map((value) => value + spread * (random() - 0.5))) };
  };
  const some = (from: number, to: number): IndexedVector[] =>
    Array.from({ length: Math.max(0, Math.min(to, count) - from) }, (_, i) => vectorOf(from + i));
  return {
    lastSequence: async () => count,
    async *all() {
      for (let from = 0; from < count; from += batchSize) yield some(from, from + batchSize);
    },
    read: async (ids) => ids.filter((id) => id >= 0 && id < count).map(vectorOf),
    after: async (id, limit) => some(id + 1, id + 1 + limit),
    changesAfter: async () => [],
    forget: async () => undefined,
  };
}
