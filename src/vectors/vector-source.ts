/**
 * Where an index gets its vectors from: the database, which is the truth. An index that lost or
 * doubts what it has asks again, and what it has not absorbed it can always read here.
 */
import { type IndexedVector, usableVector } from './vector-index.ts';

/** A numbered change of the vectors. */
export interface SourceChange {
  readonly sequence: number;
  readonly id: number;
  /** The vector that was put; null when it was removed, or put and removed since. */
  readonly vector: Float32Array | null;
}

/** The last of these changes of each id, with vectors as an index compares them. */
export const latestChanges = (
  changes: readonly SourceChange[],
  dimensions: number,
): Map<number, Float32Array | null> =>
  new Map(
    changes.map(({ id, vector }) => [id, (vector && usableVector(vector, dimensions)) ?? null]),
  );

/** The vectors that there are, and a numbered log of their changes. */
export interface VectorSource {
  /** Number of the last change; 0 when there was none. */
  lastSequence(): Promise<number>;
  /** Every vector, in batches; at least as new as `lastSequence` was before. */
  all(): AsyncIterable<readonly IndexedVector[]>;
  /** The vectors with these ids that there are. */
  read(ids: readonly number[]): Promise<readonly IndexedVector[]>;
  /** The next vectors by id after one, at most so many. */
  after(id: number, limit: number): Promise<readonly IndexedVector[]>;
  /** Changes after `sequence`, in order; undefined when the log no longer reaches back to there. */
  changesAfter(sequence: number, limit: number): Promise<readonly SourceChange[] | undefined>;
  /** Lets go of the log through `sequence`: the index has it on the disk. */
  forget(sequence: number): Promise<void>;
}
