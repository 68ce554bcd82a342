/**
 * The window with the lowest threshold for a type. Nothing is kept between two searches: the vectors of
 * all windows are read each time, many at once, in a thread that reads.
 */
import { dot } from '../core/vector.ts';
import { viewBlob } from './blobs.ts';
import type { SqlConnection } from './connection.ts';

/** About 2 MB. */
const windowsAtOnce = 4_096;

interface Part {
  /** One after the other; null when none of the part has a vector. */
  readonly vectors: Uint8Array | null;
  /** The last window of the part; null when there are no more. */
  readonly last: number | null;
}

function* partsOf(connection: SqlConnection, bytes: number): Generator<Float32Array> {
  for (let after = 0; ; ) {
    const part = connection.get<Part>('thresholdVectors', { after, bytes, limit: windowsAtOnce });
    if (!part || part.last === null) return;
    if (part.vectors) yield viewBlob(part.vectors);
    after = part.last;
  }
}

/**
 * The smallest dot product of a vector with the threshold vector of any window; null when there is no
 * window. Cost: about 1 ms per 1,000 windows.
 */
export function lowestThreshold(connection: SqlConnection, vector: Float32Array): number | null {
  const size = vector.length;
  return connection.snapshot(() => {
    let lowest = Number.POSITIVE_INFINITY;
    for (const vectors of partsOf(connection, vector.byteLength)) {
      for (let from = 0; from < vectors.length; from += size) {
        lowest = Math.min(lowest, dot(vector, vectors.subarray(from, from + size)));
      }
    }
    return lowest === Number.POSITIVE_INFINITY ? null : lowest;
  });
}
