/**
 * A search of a graph and of what it has yet to absorb. Under a filter the graph is asked for more and
 * more candidates as long as that costs less than comparing everything that may be found.
 */
import { type Changes, hiddenBy, mergeNeighbors } from './change-tail.ts';
import type { HnswChild } from './hnsw-child.ts';
import type { HnswFound } from './hnsw-process.ts';
import { hasId, type IdSet } from './id-set.ts';
import { candidatesFor, graphMicros, scanMicros } from './search-cost.ts';
import type { Found, NeighborQuery } from './vector-index.ts';

/** Each time so many times as many candidates, when those before were too few. */
const widening = 4;

interface Asked {
  readonly graph: HnswChild;
  readonly changes: Changes;
  readonly query: NeighborQuery;
  /** Of the graph's vectors, how many the changes hide. */
  readonly hidden: number;
}

/** Those candidates that pass the filter and that no change hides. */
function passing(found: HnswFound, among: IdSet, changes: Changes): HnswFound {
  const places = [...found.ids.keys()].filter((place) => {
    const id = found.ids[place] ?? -1;
    return hasId(among, id) && !changes.has(id);
  });
  return {
    ...found,
    ids: Float64Array.from(places, (place) => found.ids[place] ?? -1),
    similarities: Float64Array.from(places, (place) => found.similarities[place] ?? 0),
  };
}

async function findAmong(asked: Asked, among: IdSet): Promise<HnswFound> {
  const { graph, changes, query, hidden } = asked;
  const { vector, limit } = query;
  const share = among.length / Math.max(1, graph.ids.size);
  const scan = scanMicros(among.length, vector.length);
  let scanned = 0;
  let wanted = candidatesFor(limit, Math.min(1, share)) + hidden;
  for (let spent = graphMicros(wanted); spent < scan; spent += graphMicros(wanted)) {
    const found = await graph.find({ vector, limit: wanted, among: null });
    const kept = passing(found, among, changes);
    scanned += found.scanned;
    if (kept.ids.length >= limit || found.ids.length < wanted) return { ...kept, scanned };
    wanted *= widening;
  }
  const found = await graph.find({ vector, limit: limit + hidden, among });
  return { ...found, scanned: scanned + found.scanned };
}

/** What graph and changes together have. Throws: when the graph's process has ended. */
export async function searchGraph(
  graph: HnswChild,
  changes: Changes,
  query: NeighborQuery,
): Promise<Omit<Found, 'recall'>> {
  const { vector, limit, among } = query;
  const asked: Asked = { graph, changes, query, hidden: hiddenBy(changes, graph.ids) };
  const found = among
    ? await findAmong(asked, among)
    : await graph.find({ vector, limit: limit + asked.hidden, among: null });
  return {
    neighbors: mergeNeighbors(found, changes, query),
    path: found.isExact ? 'SCAN' : 'GRAPH',
    scanned: found.scanned + changes.size,
  };
}
