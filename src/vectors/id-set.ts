/** Sets of ids as they travel: typed arrays, ascending, each id once. */

/** Ids, ascending, each once. */
export type IdSet = Float64Array;

/** The set of these ids. Cost: a sort. */
export function idSet(ids: Iterable<number>): IdSet {
  const sorted = Float64Array.from(ids).sort();
  return sorted.filter((id, i) => i === 0 || id !== sorted[i - 1]);
}

/** Whether an id is in a set. Cost: a binary search. */
export function hasId(set: IdSet, id: number): boolean {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((set[middle] ?? Number.POSITIVE_INFINITY) < id) low = middle + 1;
    else high = middle;
  }
  return set[low] === id;
}
