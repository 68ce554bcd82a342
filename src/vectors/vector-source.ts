/**
 * Where an index gets its vectors from: the database, which is the truth. An index that lost or
 * doubts what it has asks again, and what it has not absorbed it can always read here.
 */
import type { IndexedVector } from './vector-index.ts';

/** A numbered change of the vectors. */
export interface SourceChange {
  readonly sequence: number;
  readonly id: number;
  /** The vector that was put; null when it was removed, or put and removed since. */
  readonly vector: Float32Array | null;
}

/** The vectors that there are, and a numbered log of their changes. */
export interface VectorSource {
  /** Number of the last change; 0 when there was none. */
  lastSequence(): Promise<number>;
  /** Every vector, in batches; at least as new as `lastSequence` was before. */
  all(): AsyncIterable<readonly IndexedVector[]>;
  /** Changes after `sequence`, in order; undefined when the log no longer reaches back to there. */
  changesAfter(sequence: number, limit: number): Promise<readonly SourceChange[] | undefined>;
  /** Lets go of the log through `sequence`: the index has it on the disk. */
  forget(sequence: number): Promise<void>;
}
