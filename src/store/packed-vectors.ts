/**
 * Many vectors as two arrays, which move between threads without being copied: a copy of a vector that
 * is a view would be one of the whole memory it looks at.
 */

/** Vectors one after the other, with where each ends. */
export interface PackedVectors {
  readonly numbers: Float32Array;
  readonly ends: Uint32Array;
}

/** Packs vectors of any lengths, in order. */
export function packVectors(vectors: readonly Float32Array[]): PackedVectors {
  const ends = new Uint32Array(vectors.length);
  let length = 0;
  vectors.forEach((vector, i) => {
    length += vector.length;
    ends[i] = length;
  });
  const numbers = new Float32Array(length);
  vectors.forEach((vector, i) => numbers.set(vector, (ends[i] ?? 0) - vector.length));
  return { numbers, ends };
}

/** The vectors that were packed, as views. */
export const unpackVectors = ({ numbers, ends }: PackedVectors): Float32Array[] =>
  Array.from(ends, (end, i) => numbers.subarray(i === 0 ? 0 : ends[i - 1], end));

/** The memory to move. */
export const buffersOf = (...packed: readonly PackedVectors[]): ArrayBufferLike[] =>
  packed.flatMap(({ numbers, ends }) => [numbers.buffer, ends.buffer]);
