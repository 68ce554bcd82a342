/**
 * Surface forms by meaning, or spans by type, most similar first, in the way that a plan says: the
 * vectors of what passes the filter read and compared, or compared by the index, or the index asked for
 * more and more until that costs more than comparing.
 */
import { dot, roundSimilarity } from '../core/vector.ts';
import { readVectors, type VectorSpace } from '../store/vectors.ts';
import { candidatesLookedAt } from '../vectors/search-cost.ts';
import type { Found } from '../vectors/vector-index.ts';
import type { SearchPlan } from './planner.ts';
import {
  methodOf,
  type RankPosition,
  type SearchParts,
  type SearchReport,
} from './search-parts.ts';

/** The nearest, most similar first, equal ones by id, and how they were found. */
export interface NearestOwners {
  readonly owners: readonly RankPosition[];
  /** True when there are no more. */
  readonly isAll: boolean;
  /** How many are asked for next, about; 0 when there are no more. */
  readonly wantedNext: number;
  readonly report: SearchReport;
}

/** What is asked for. */
export interface OwnerQuery {
  readonly space: VectorSpace;
  readonly query: Float32Array;
  readonly plan: Pick<SearchPlan, 'path' | 'firstWanted' | 'mostWanted'>;
  /** Ids of all that may be found. */
  readonly passing: () => Promise<Float64Array>;
}

/** Most similar first, equal ones by id. */
export const bestFirst = (a: RankPosition, b: RankPosition): number =>
  b.similarity - a.similarity || a.id - b.id;

const ranked = ({ neighbors }: Found): RankPosition[] =>
  neighbors
    .map(({ id, similarity }) => ({ id, similarity: roundSimilarity(similarity) }))
    .sort(bestFirst);

/** Ids whose vectors are read and compared between two turns of the event loop. */
const readAtOnce = 500;

/** How the index found something, asked for so many. */
const reportOf = ({ path, scanned, recall }: Found, asked: number): SearchReport => ({
  method: methodOf[path],
  scanned,
  asked,
  ef: path === 'GRAPH' ? candidatesLookedAt(asked) : null,
  estimatedRecall: recall,
});

/** The vectors of all that pass, read from the database. */
async function readPassing(
  { database }: SearchParts,
  { space, query, passing }: OwnerQuery,
): Promise<NearestOwners> {
  const ids = [...(await passing())];
  const owners: RankPosition[] = [];
  for (let from = 0; from < ids.length; from += readAtOnce) {
    const vectors = await readVectors(database, space, ids.slice(from, from + readAtOnce));
    for (const { id, vector } of vectors) {
      owners.push({ id, similarity: roundSimilarity(dot(query, vector)) });
    }
  }
  const exact = { method: 'EXACT', asked: null, ef: null, estimatedRecall: 1 } as const;
  const report = { ...exact, scanned: owners.length };
  return { owners: owners.sort(bestFirst), isAll: true, wantedNext: 0, report };
}

const indexOf = (parts: SearchParts, space: VectorSpace): SearchParts['typeIndex'] =>
  space === 'MEANING' ? parts.meaningIndex : parts.typeIndex;

/** So many of the nearest that pass, compared by the index. */
async function comparePassing(
  parts: SearchParts,
  { space, query }: OwnerQuery,
  { among, limit }: { among: Float64Array; limit: number },
): Promise<NearestOwners> {
  const found = await indexOf(parts, space).find({ vector: query, limit, among });
  const isAll = limit >= among.length;
  const wantedNext = isAll ? 0 : among.length;
  return { owners: ranked(found), isAll, wantedNext, report: reportOf(found, limit) };
}

/** Each time so many times as many, when those before did not fill the page. */
const widening = 4;

async function askIndex(
  parts: SearchParts,
  { space, query }: OwnerQuery,
  wanted: number,
): Promise<NearestOwners> {
  const found = await indexOf(parts, space).find({ vector: query, limit: wanted });
  const isAll = found.neighbors.length < wanted;
  const wantedNext = isAll ? 0 : widening * wanted;
  return { owners: ranked(found), isAll, wantedNext, report: reportOf(found, wanted) };
}

/** More and more of the nearest; the last are all that there are. */
export async function* nearestOwners(
  parts: SearchParts,
  query: OwnerQuery,
): AsyncGenerator<NearestOwners> {
  const { path, firstWanted, mostWanted } = query.plan;
  if (path === 'SQL') {
    yield await readPassing(parts, query);
    return;
  }
  const mostAsked = path === 'INDEX' ? mostWanted : 0;
  for (let wanted = firstWanted; wanted <= mostAsked; wanted *= widening) {
    const found = await askIndex(parts, query, wanted);
    yield found;
    if (found.isAll) return;
  }
  const among = await query.passing();
  // To compare all costs little beside handing all of them over.
  if (path === 'EXACT' && firstWanted < among.length) {
    yield await comparePassing(parts, query, { among, limit: firstWanted });
  }
  yield await comparePassing(parts, query, { among, limit: Math.max(1, among.length) });
}

/** The nearest that are sure to be all: the last ones may have equals that were cut off. */
export function settled({ owners, isAll }: NearestOwners): readonly RankPosition[] {
  const last = owners.at(-1)?.similarity ?? 1;
  return isAll ? owners : owners.filter(({ similarity }) => similarity > last);
}

/** Parts of a ranking of at least so many, each time twice as many; equal ones stay together. */
export function* partsOf(
  owners: readonly RankPosition[],
  first: number,
): Generator<readonly RankPosition[]> {
  for (let [from, size] = [0, first]; from < owners.length; size *= 2) {
    let to = Math.min(owners.length, from + size);
    while (to < owners.length && owners[to]?.similarity === owners[to - 1]?.similarity) to += 1;
    yield owners.slice(from, to);
    from = to;
  }
}
