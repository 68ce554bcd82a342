/**
 * Rankings fused into one: reciprocal rank fusion (Cormack, Clarke and Buettcher 2009). Only ranks count,
 * so rankings whose scores cannot be compared can be fused.
 */

/** Makes a first place count not much more than a second. The usual value, that of the paper. */
const fusionConstant = 60;

/** Something with its place in each ranking, from 1; null where it is not. */
export interface FusedItem {
  readonly id: number;
  /** Sum of 1 / (60 + rank) over the rankings it is in. */
  readonly score: number;
  readonly ranks: readonly (number | null)[];
}

/** Everything in one of the rankings, the largest score first, equal ones by id. */
export function fuseRanks(rankings: readonly (readonly number[])[]): FusedItem[] {
  const places = rankings.map((ids) => new Map(ids.map((id, i) => [id, i + 1])));
  const items = [...new Set(rankings.flat())].map((id) => {
    const ranks = places.map((place) => place.get(id) ?? null);
    const score = ranks.reduce<number>(
      (sum, rank) => sum + (rank === null ? 0 : 1 / (fusionConstant + rank)),
      0,
    );
    return { id, score, ranks };
  });
  return items.sort((a, b) => b.score - a.score || a.id - b.id);
}
