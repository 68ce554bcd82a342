/** Whether a graph finds what it should have: asked with the vectors themselves. */
import type { HnswGraph } from './hnsw-graph.ts';

const firstLimit = 16;

/** A vector of which so many equals are found in its place is as good as found. */
const maxEquals = 4_096;

const isEqual = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

/** True when the graph has this vector for the id and a search with it finds the id. */
export function findsVector(graph: HnswGraph, id: number, vector: Float32Array): boolean {
  const stored = graph.vectorOf(id);
  if (!stored || !isEqual(stored, vector)) return false;
  for (let limit = firstLimit; limit <= maxEquals; limit *= 4) {
    const { ids, similarities, isShort } = graph.search(vector, limit);
    if (ids.includes(id)) return true;
    // Less similar ones were found, or all there are: it was passed over.
    if (isShort || ids.length < limit || (similarities.at(-1) ?? 0) < 1) return false;
  }
  return true;
}
