/**
 * Filtered search of real span vectors at every selectivity: recall@10 (ties with the tenth count) and
 * searches a second, through the child process as the program searches; and the same by the filter
 * callback of hnswlib-node over the same graph. SPANDEX_BENCH_VECTORS says how many vectors (default
 * 20,000; 1,000,000 takes about half an hour and 4 GB).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import hnswlib from 'hnswlib-node';
import { dot } from '../src/core/vector.ts';
import { HnswIndex } from '../src/vectors/hnsw-index.ts';
import { defaultParameters } from '../src/vectors/hnsw-options.ts';
import { type IdSet, idSet } from '../src/vectors/id-set.ts';
import { Nearest } from '../src/vectors/nearest.ts';
import { readSnapshot } from '../src/vectors/snapshot.ts';
import { type Neighbor, type SearchPath, similarityOf } from '../src/vectors/vector-index.ts';
import { seededRandom } from '../test/support/vectors/random-vectors.ts';
import { arraySource } from './support/array-source.ts';
import { realSpanVectors } from './support/span-vectors.ts';

export const name = 'filters';

const count = Number(process.env.SPANDEX_BENCH_VECTORS ?? 20_000);
const queryCount = 50;
const limit = 10;
const shares = [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001];
/** Where the callback is measured. */
const callbackShares = [0.1, 0.01, 0.001];

export const unit = `see name; ${count} real span vectors of 128 numbers, ${queryCount} others as queries`;

interface Filter {
  readonly kind: 'by chance' | 'by document';
  readonly share: number;
  readonly among: IdSet;
}

/** Ids drawn one by one, and runs of neighbours: what few documents hold. */
function filtersOf(share: number, random: () => number): Filter[] {
  const size = Math.max(1, Math.round(share * count));
  const ids = Array.from({ length: count }, (_, id) => ({ id, place: random() }));
  const drawn = ids.sort((a, b) => a.place - b.place).slice(0, size);
  const first = Math.floor(random() * (count - size));
  return [
    { kind: 'by chance', share, among: idSet(drawn.map(({ id }) => id)) },
    { kind: 'by document', share, among: idSet(Array.from({ length: size }, (_, i) => first + i)) },
  ];
}

function truth(vectors: readonly Float32Array[], query: Float32Array, among: IdSet): Neighbor[] {
  const nearest = new Nearest(limit);
  for (const id of among) nearest.offer(id, similarityOf(dot(query, vectors[id] ?? query)));
  return nearest.take();
}

const hits = (found: readonly Neighbor[], right: readonly Neighbor[]): number =>
  found.filter(({ similarity }) => similarity >= (right.at(-1)?.similarity ?? 1)).length /
  Math.max(1, right.length);

async function measure(
  index: HnswIndex,
  { vectors, queries }: { vectors: readonly Float32Array[]; queries: readonly Float32Array[] },
  { kind, share, among }: Filter,
): Promise<Record<string, number>> {
  const paths: Record<SearchPath, number> = { GRAPH: 0, SCAN: 0, SOURCE: 0 };
  let recalled = 0;
  let spentMs = 0;
  for (const vector of queries) {
    const from = performance.now();
    const { neighbors, path } = await index.find({ vector, limit, among });
    spentMs += performance.now() - from;
    paths[path] += 1;
    recalled += hits(neighbors, truth(vectors, vector, among));
  }
  const part = `${100 * share} % ${kind}`;
  return {
    [`${part}: recall@10`]: recalled / queries.length,
    [`${part}: searches/s`]: (1_000 * queries.length) / spentMs,
    [`${part}: % by the graph`]: (100 * paths.GRAPH) / queries.length,
  };
}

/** Searches a second by the callback; the graph is that of the snapshot. */
async function measureCallback(
  { graph, ids }: { graph: hnswlib.HierarchicalNSW; ids: Float64Array },
  queries: readonly Float32Array[],
  { share, among }: Filter,
): Promise<Record<string, number>> {
  const isAllowed = new Uint8Array(count);
  for (const id of among) isAllowed[id] = 1;
  const asked = queries.slice(0, 10);
  const from = performance.now();
  for (const query of asked) {
    graph.searchKnn([...query], limit, (label) => isAllowed[ids[label] ?? 0] === 1);
  }
  const perSecond = (1_000 * asked.length) / (performance.now() - from);
  return { [`${100 * share} % by chance: searches/s by hnswlib's callback`]: perSecond };
}

async function openNative(path: string, folder: string, dimensions: number) {
  const file = join(folder, 'graph');
  const identity = { dimensions, modelId: 'bench', generation: 0, parameters: defaultParameters };
  const { ids } = await readSnapshot(path, identity, file);
  const graph = new hnswlib.HierarchicalNSW('ip', dimensions);
  graph.readIndexSync(file);
  graph.setEf(defaultParameters.ef);
  return { graph, ids };
}

export async function run(): Promise<Record<string, number>> {
  const all = await realSpanVectors(count + queryCount);
  if (all.length < count + queryCount) throw new Error(`There are ${all.length} vectors only.`);
  const random = seededRandom(31);
  // Queries from all over the documents, which the index does not have.
  const step = Math.floor(all.length / queryCount);
  const isQuery = (place: number) => place % step === 0 && place / step < queryCount;
  const queries = all.filter((_, place) => isQuery(place));
  const vectors = all.filter((_, place) => !isQuery(place));
  const dimensions = vectors[0]?.length ?? 0;
  const folder = mkdtempSync(join(tmpdir(), 'spandex-bench-'));
  const path = join(folder, 'index');
  const options = { path, dimensions, modelId: 'bench', auditEveryMs: 0 };
  const index = HnswIndex.open({ ...options, source: arraySource(vectors) });
  try {
    await index.ready();
    const filters = shares.flatMap((share) => filtersOf(share, random));
    const figures: Record<string, number>[] = [];
    for (const filter of filters) {
      figures.push(await measure(index, { vectors, queries }, filter));
    }
    await index.close();
    const native = await openNative(path, folder, dimensions);
    for (const filter of filters) {
      if (filter.kind !== 'by chance' || !callbackShares.includes(filter.share)) continue;
      figures.push(await measureCallback(native, queries, filter));
    }
    return Object.assign({}, ...figures) as Record<string, number>;
  } finally {
    await index.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
