/** When a graph is to be saved, and when it is to be built anew. */
import type { HnswChild } from './hnsw-child.ts';

/** A snapshot is written after so many changes, and more when the graph is large. */
const changesPerSnapshot = 10_000;
const shareOfSizePerSnapshot = 0.2;

/**
 * A graph of which more than this is tombstones is built anew. Of 6,000 live span vectors a search took
 * 0.2 ms with 0 to 30 % of tombstones among them, 0.28 ms with 40 %, 0.48 ms with 50 %; recall@10 was
 * 1 in all.
 */
const maxWasted = 0.3;
const minSizeToRebuild = 1_000;

/** A graph that does not find more than this share of its vectors, and so many, is built anew. */
const maxMissedShare = 0.01;
const minMissedToRebuild = 100;

/** Whether so much has changed that a start from the snapshot would take long. */
export const needsSaving = (graph: HnswChild): boolean =>
  graph.unsaved >= Math.max(changesPerSnapshot, shareOfSizePerSnapshot * graph.ids.size);

/** Whether searches wade through too many tombstones. */
export const needsRebuilding = (graph: HnswChild): boolean =>
  graph.wasted > maxWasted && graph.slots > minSizeToRebuild;

/** Whether a graph that does not find so many vectors is worse than another would be. */
export const missesTooMany = (graph: HnswChild, missed: number): boolean =>
  missed > Math.max(minMissedToRebuild, maxMissedShare * graph.ids.size);
