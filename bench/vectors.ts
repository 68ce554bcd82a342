/**
 * HNSW against exact search on 100,000 seeded vectors of the sizes that are stored: span vectors and
 * meaning vectors. Through the child process, as the program uses it. Takes some minutes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExactIndex } from '../src/vectors/exact-index.ts';
import { HnswIndex } from '../src/vectors/hnsw-index.ts';
import type { Neighbor, VectorIndex } from '../src/vectors/vector-index.ts';
import { MapSource } from '../test/support/vectors/map-source.ts';
import { randomVectors } from '../test/support/vectors/random-vectors.ts';

const count = 100_000;
const queryCount = 200;
const limit = 10;

interface Answers {
  readonly answers: readonly (readonly Neighbor[])[];
  readonly perSecond: number;
}

async function searchAll(index: VectorIndex, queries: readonly Float32Array[]): Promise<Answers> {
  const answers: (readonly Neighbor[])[] = [];
  const from = performance.now();
  for (const vector of queries) answers.push(await index.search({ vector, limit }));
  return { answers, perSecond: (1_000 * queries.length) / (performance.now() - from) };
}

/** Share of the true nearest that is found; a tie with the last of them counts. */
function recall(found: Answers, truth: Answers): number {
  const hits = found.answers.map((neighbors, i) => {
    const last = truth.answers[i]?.at(-1)?.similarity ?? 1;
    return neighbors.filter(({ similarity }) => similarity >= last).length;
  });
  return hits.reduce((sum, hit) => sum + hit, 0) / (limit * found.answers.length);
}

async function measure(space: string, dimensions: number): Promise<Record<string, number>> {
  const vectors = randomVectors({ count: count + queryCount, dimensions, seed: 17 });
  const stored = vectors.slice(0, count);
  const queries = vectors.slice(count).map(({ vector }) => vector);
  const exact = new ExactIndex(dimensions);
  await exact.put(stored);
  const source = new MapSource();
  source.put(stored);
  const folder = mkdtempSync(join(tmpdir(), 'spandex-bench-'));
  const from = performance.now();
  const index = HnswIndex.open({ path: join(folder, 'x'), dimensions, modelId: 'bench', source });
  try {
    await index.ready();
    const addsPerSecond = (1_000 * count) / (performance.now() - from);
    const found = await searchAll(index, queries);
    const truth = await searchAll(exact, queries);
    return {
      [`${space}: HNSW adds/s`]: addsPerSecond,
      [`${space}: HNSW queries/s`]: found.perSecond,
      [`${space}: exact queries/s`]: truth.perSecond,
      [`${space}: recall@10`]: recall(found, truth),
    };
  } finally {
    await index.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export const name = 'vectors';
export const unit = 'see name; 100,000 vectors, one search at a time';

export async function run(): Promise<Record<string, number>> {
  return {
    ...(await measure('128 numbers', 128)),
    ...(await measure('384 numbers', 384)),
  };
}
