/**
 * What windows ask of a type: products with their threshold vectors. Those of many windows are read at once,
 * in a thread that reads, because a call for each of them would cost several times as much. Nothing is kept
 * between two searches.
 */
import { dot } from '../core/vector.ts';
import { viewBlob } from './blobs.ts';
import type { SqlConnection } from './connection.ts';

/** A window, by its row, and the dot product of its threshold vector. */
export interface WindowThreshold {
  readonly id: number;
  readonly threshold: number;
}

/** Which windows. */
export interface LowestQuery {
  readonly vector: Float32Array;
  readonly limit: number;
}

/** The windows of which spans. */
export interface SpanThresholdQuery {
  readonly vector: Float32Array;
  readonly spanIds: readonly number[];
}

/** About 2 MB. */
const windowsAtOnce = 4_096;

interface Packed {
  /** One after the other; null when there are none. */
  readonly vectors: Uint8Array | null;
  /** What each is of, a JSON list. */
  readonly ids: string;
}

/** What some vectors are of, with the products of a vector and each. */
function productsOf({ vectors, ids }: Packed, vector: Float32Array): WindowThreshold[] {
  if (!vectors) return [];
  const all = viewBlob(vectors);
  const size = vector.length;
  return (JSON.parse(ids) as number[]).map((id, i) => ({
    id,
    threshold: dot(vector, all.subarray(i * size, (i + 1) * size)),
  }));
}

interface Part extends Packed {
  /** The last window of the part; null when there are no more. */
  readonly last: number | null;
}

/** All windows, many at once. */
function* partsOf(connection: SqlConnection, vector: Float32Array): Generator<WindowThreshold[]> {
  const options = { bytes: vector.byteLength, limit: windowsAtOnce };
  for (let after = 0; ; ) {
    const part = connection.get<Part>('thresholdVectors', { ...options, after });
    if (!part || part.last === null) return;
    yield productsOf(part, vector);
    after = part.last;
  }
}

const lowestFirst = (a: WindowThreshold, b: WindowThreshold): number =>
  a.threshold - b.threshold || a.id - b.id;

/**
 * The windows with the smallest products, those first, equal ones by row; windows without a vector are none of
 * them. Cost: about 1 ms per 1,000 windows.
 */
export function lowestThresholds(
  connection: SqlConnection,
  { vector, limit }: LowestQuery,
): WindowThreshold[] {
  return connection.snapshot(() => {
    let lowest: WindowThreshold[] = [];
    for (const part of partsOf(connection, vector)) {
      const bound = lowest.length < limit ? Infinity : lowest.at(-1)!.threshold;
      lowest.push(...part.filter(({ threshold }) => threshold < bound));
      lowest = lowest.sort(lowestFirst).slice(0, limit);
    }
    return lowest;
  });
}

/** The product in each span's own window, in the order of the spans; infinite where there is none. */
export function thresholdsOfSpans(
  connection: SqlConnection,
  { vector, spanIds }: SpanThresholdQuery,
): number[] {
  const thresholds = spanIds.map(() => Number.POSITIVE_INFINITY);
  const asked = { spanIds: JSON.stringify(spanIds), bytes: vector.byteLength };
  const packed = connection.get<Packed>('spanThresholdVectors', asked);
  for (const { id: place, threshold } of packed ? productsOf(packed, vector) : []) {
    thresholds[place] = threshold;
  }
  return thresholds;
}
