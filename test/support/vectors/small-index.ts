/** A small index to break, and the answer that it must give all the same. */

import { join } from 'node:path';
import { afterEach, expect } from '@jest/globals';
import { ExactIndex } from '../../../src/vectors/exact-index.ts';
import { HnswIndex } from '../../../src/vectors/hnsw-index.ts';
import type { HnswIndexOptions } from '../../../src/vectors/hnsw-options.ts';
import type { IndexedVector, VectorIndex } from '../../../src/vectors/vector-index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { MapSource } from './map-source.ts';
import { randomVectors } from './random-vectors.ts';

export const dimensions = 32;

export const newIndexPath = (): string => join(temporaryFolder(), 'test.index');

/** An index over the source, and what it told its operator. */
export function openIndex(
  path: string,
  source: MapSource,
  options: Partial<HnswIndexOptions> = {},
): { index: HnswIndex; notices: string[] } {
  const notices: string[] = [];
  const notice = (message: string) => notices.push(message);
  // Graphs are what is tested: as many vectors as tests have would be compared one by one.
  const small = { path, dimensions, modelId: 'model', exactProducts: 0, auditEveryMs: 0 };
  const index = HnswIndex.open({ ...small, source, notice, ...options });
  return { index, notices };
}

/** `openIndex` for a file of tests: what it opens is closed after each of them. */
export function openUntilTestEnds(): typeof openIndex {
  const opened: HnswIndex[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((index) => index.close()));
  });
  return (path, source, options) => {
    const result = openIndex(path, source, options);
    opened.push(result.index);
    return result;
  };
}

export function sourceOf(vectors: readonly IndexedVector[]): MapSource {
  const source = new MapSource();
  source.put(vectors);
  return source;
}

export async function exactIndexOf(source: MapSource): Promise<ExactIndex> {
  const exact = new ExactIndex(dimensions);
  await exact.put([...source.vectors].map(([id, vector]) => ({ id, vector })));
  return exact;
}

export const fewVectors = randomVectors({ count: 300, dimensions, seed: 3 });

/** Finds vector 0 first. */
export const query = { vector: fewVectors[0]?.vector ?? new Float32Array(), limit: 5 };

/** Checks an index's answer against exact search; the last decimal may depend on an addition's order. */
export async function expectRight(index: VectorIndex, source: MapSource): Promise<void> {
  const found = await index.search(query);
  const expected = await (await exactIndexOf(source)).search(query);
  expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
  for (const [i, { similarity }] of found.entries()) {
    expect(similarity).toBeCloseTo(expected[i]?.similarity ?? Number.NaN, 5);
  }
}
