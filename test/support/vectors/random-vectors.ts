/**
 * Seeded vectors like those of mentions: clusters (types, topics) of clusters (things) of near-equal
 * ones (the same thing said again), some exactly equal.
 */
import type { IndexedVector } from '../../../src/vectors/vector-index.ts';

/** Uniform numbers in [0, 1) from a seed. Source: mulberry32, Tommy Ettinger. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** What the vectors are like. */
export interface RandomVectorOptions {
  readonly count: number;
  readonly dimensions: number;
  readonly seed: number;
}

/** Encoders fill a small part of their space: so many directions hold nearly all of the variance. */
const latentDimensions = 32;

/** Vectors with ids from 0. Shapes: count x [dimensions]. */
export function randomVectors({ count, dimensions, seed }: RandomVectorOptions): IndexedVector[] {
  const random = seededRandom(seed);
  const gaussians = (length: number) =>
    Float32Array.from({ length }, () => gaussian(random) / Math.sqrt(length));
  const latent = Math.min(latentDimensions, dimensions);
  const directions = Array.from({ length: latent }, () => gaussians(dimensions));
  const moved = (base: Float32Array, size: number) => {
    const vector = base.slice();
    for (const direction of directions) {
      const step = (size * gaussian(random)) / Math.sqrt(latent);
      for (const [i, value] of direction.entries()) vector[i] = (vector[i] ?? 0) + step * value;
    }
    return vector;
  };
  const zero = new Float32Array(dimensions);
  const topics = Array.from({ length: 20 }, () => moved(zero, 1));
  const things = Array.from({ length: Math.ceil(count / 4) }, (_, i) =>
    moved(topics[i % topics.length] ?? zero, 0.7),
  );
  return Array.from({ length: count }, (_, id) => {
    const thing = things[Math.floor(things.length * random() ** 2)] ?? zero;
    return { id, vector: random() < 0.1 ? thing : moved(thing, 0.1) };
  });
}
