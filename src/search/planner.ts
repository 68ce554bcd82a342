/**
 * Which way a search goes, by how much of all mentions its filter leaves. A few mentions tell how many
 * pass. Where that is little, their vectors are read and compared one by one; where it is much, the index
 * is asked for so many more that enough of them pass; in between, the index compares those that pass.
 */
import type { PreparedFilter } from '../store/mention-conditions.ts';
import { countUpTo, lastRows, passingAmong } from '../store/mentions.ts';
import {
  candidatesFor,
  candidatesLookedAt,
  graphMicros,
  scanMicros,
} from '../vectors/search-cost.ts';
import type { RankingMoment, SearchParts, SearchReport } from './search-parts.ts';

/**
 * SQL: the vectors of what passes are read from the database and compared. EXACT: the index compares those.
 * INDEX: the index is asked for the nearest, of which some pass.
 */
export type PlannedPath = 'SQL' | 'EXACT' | 'INDEX';

/** How a search goes. */
export interface SearchPlan {
  readonly path: PlannedPath;
  /** The share of the collection's mentions that pass, as far as a few tell: 0 to 1. */
  readonly estimatedSelectivity: number;
  /** Among so many that are found, those that fill the page are to be expected. */
  readonly fillsPage: number;
  /** How many neighbours the index is asked for first. */
  readonly firstWanted: number;
  /** From so many on, comparing what passes costs less than asking for the nearest. */
  readonly mostWanted: number;
  readonly filter: PreparedFilter;
}

/** A page of a ranking, best first, and how it was found. */
export interface PlannedPage<Item> {
  readonly items: readonly Item[];
  readonly hasNext: boolean;
  readonly report: SearchReport;
  readonly plan: SearchPlan;
  readonly moment: RankingMoment;
}

/** What a plan is made for. */
export interface PlannedSearch {
  readonly filter: PreparedFilter;
  /** Length of the page in mentions. */
  readonly limit: number;
  /** Length of the vectors that are compared. */
  readonly dimensions: number;
  /** Finding what passes, for each mention that does: microseconds. */
  readonly listMicros: number;
}

/** Up to this many mentions, the vectors of what passes are read and compared one by one. */
const maxReadMentions = 500;

/** So many times more than can be read are surely too many: few mentions were looked at. */
const surely = 2;

/** Mentions that are looked at: about a millisecond. */
const sampleSize = 256;

/** The index is asked for no fewer neighbours: it looks at so many in any case. */
const fewestWanted = candidatesLookedAt(0);

/** Numbers from 1 to the last one, spread evenly without a period (multiples of the golden ratio). */
const spread = (last: number): number[] =>
  Array.from(
    { length: Math.min(sampleSize, last) },
    (_, i) => 1 + Math.floor(last * ((i * 0.6180339887498949) % 1)),
  );

interface Estimate {
  /** How many mentions pass. */
  readonly passing: number;
  /** Their shares of all mentions and of the collection's. */
  readonly share: number;
  readonly selectivity: number;
  /** The share is hardly smaller than this: less by the standard error of those that were looked at. */
  readonly leastShare: number;
}

async function estimate(
  { database }: Pick<SearchParts, 'database'>,
  filter: PreparedFilter,
): Promise<Estimate> {
  const last = filter.through ?? (await lastRows(database)).mentions;
  const ids = spread(last);
  const { found, ofCollection, passing } = await passingAmong(database, filter, ids);
  return {
    passing: ids.length === 0 ? 0 : (passing / ids.length) * last,
    share: found === 0 ? 1 : passing / found,
    selectivity: ofCollection === 0 ? 1 : passing / ofCollection,
    leastShare: Math.max(1, passing - Math.sqrt(passing)) / Math.max(1, found),
  };
}

/** The share of the collection's mentions that pass, as far as a few tell: 0 to 1. */
export const estimateSelectivity = async (
  parts: Pick<SearchParts, 'database'>,
  filter: PreparedFilter,
): Promise<number> => (await estimate(parts, filter)).selectivity;

/** Where comparing all that pass begins to cost less: the cost of a graph grows with what is asked. */
function mostWanted(comparing: number): number {
  let most = fewestWanted;
  while (graphMicros(2 * most) < comparing) most *= 2;
  return most;
}

/** Plans a search for a page. Cost: about a millisecond. */
export async function planSearch(
  parts: Pick<SearchParts, 'database'>,
  { filter, limit, dimensions, listMicros }: PlannedSearch,
): Promise<SearchPlan> {
  const { passing, share, selectivity, leastShare } = await estimate(parts, filter);
  const fewest = Math.max(fewestWanted, 4 * limit);
  const firstWanted = Math.max(fewest, candidatesFor(limit, leastShare));
  const comparing = passing * listMicros + scanMicros(passing, dimensions);
  const plan = {
    estimatedSelectivity: selectivity,
    fillsPage: limit,
    firstWanted,
    mostWanted: mostWanted(comparing),
    filter,
  };
  if (share < 1 && passing <= surely * maxReadMentions) {
    const counted = await countUpTo(parts.database, filter, maxReadMentions + 1);
    if (counted <= maxReadMentions) return { ...plan, path: 'SQL' };
  }
  if (firstWanted > plan.mostWanted) return { ...plan, path: 'EXACT', firstWanted: fewest };
  // Here alone what is found need not pass.
  return { ...plan, path: 'INDEX', fillsPage: Math.ceil(limit / leastShare) };
}
