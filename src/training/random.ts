/**
 * Random numbers that depend on a key alone, so that a run can be repeated, and resumed in the middle
 * without a saved generator: every draw names what it is for, e.g. (seed, purpose, epoch, step).
 *
 * Source: sfc32 of PractRand (Doty-Humphrey), seeded by murmur3's finaliser.
 */

/** A stream of random numbers. */
export interface Random {
  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number;
  /** A number in [0, 1). */
  uniform(): number;
  /** A number of the standard normal distribution. */
  normal(): number;
}

/** What a stream is drawn for; streams of different purposes are independent. */
export const purposes = {
  initialWeights: 1,
  order: 2,
  dropoutPool: 3,
  dropoutOffsets: 4,
  emptyWindows: 5,
  maskedTokens: 6,
  exampleMentions: 7,
  batchTypes: 8,
  storedWeights: 9,
  meaningHead: 10,
  meaningBatches: 11,
  meaningDropout: 12,
} as const;

/** Draws thrown away after seeding, until every bit of the key has reached every bit of the state. */
const warmUpDraws = 12;

function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A generator of whole numbers from 0 to 2³² − 1. */
function sfc32(key: readonly number[]): () => number {
  let hash = 0x9e3779b9;
  for (const part of key) hash = mix(Math.imul(hash ^ mix(part + 0x7f4a7c15), 0x01000193));
  let [a, b, c, counter] = [hash, mix(hash + 1), mix(hash + 2), 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < warmUpDraws; i += 1) next();
  return next;
}

/** The stream of a key of whole numbers. */
export function createRandom(...key: readonly number[]): Random {
  const next = sfc32(key);
  const uniform = (): number => next() / 2 ** 32;
  return {
    uniform,
    below: (limit) => Math.floor(uniform() * limit),
    // Box and Muller; 1 − uniform is never 0.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** Brings the items into a random order, in place, and returns them. Source: Fisher and Yates. */
export function shuffle<T>(items: T[], random: Random): T[] {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = random.below(i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
