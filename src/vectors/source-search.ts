/** Exact search of the source itself: right, whatever state the graph is in. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { dot } from '../core/vector.ts';
import type { IdSet } from './id-set.ts';
import { Nearest } from './nearest.ts';
import {
  type Found,
  type IndexedVector,
  type NeighborQuery,
  similarityOf,
  usableVector,
} from './vector-index.ts';
import type { VectorSource } from './vector-source.ts';

/** Vectors that are read at a time. */
const readAtOnce = 500;

async function* vectorsAmong(
  source: VectorSource,
  among: IdSet,
): AsyncGenerator<readonly IndexedVector[]> {
  for (let from = 0; from < among.length; from += readAtOnce) {
    yield await source.read([...among.subarray(from, from + readAtOnce)]);
  }
}

/** The nearest of everything that the source has, or of those that may be found. */
export async function searchSource(
  source: VectorSource,
  dimensions: number,
  { vector, limit, among }: NeighborQuery,
): Promise<Found> {
  const nearest = new Nearest(limit);
  let scanned = 0;
  for await (const batch of among ? vectorsAmong(source, among) : source.all()) {
    for (const { id, vector: stored } of batch) {
      const candidate = usableVector(stored, dimensions);
      if (candidate) nearest.offer(id, similarityOf(dot(vector, candidate)));
    }
    scanned += batch.length;
    await nextTurn();
  }
  return { neighbors: nearest.take(), path: 'SOURCE', scanned, recall: 1 };
}
