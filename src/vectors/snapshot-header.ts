/** What a snapshot says of itself, and whether it is one of ours. */
import type { HnswParameters } from './hnsw-graph.ts';

/** What a graph belongs to: a snapshot of anything else is not used. */
export interface SnapshotIdentity {
  readonly dimensions: number;
  /** Id of the model that made the vectors. */
  readonly modelId: string;
  /** Counts, or dates, the times that a model was put in use: the same model again is another. */
  readonly generation: number;
  readonly parameters: HnswParameters;
}

/** A snapshot's description of itself. */
export interface SnapshotHeader extends SnapshotIdentity {
  readonly metric: 'cosine';
  /** Vectors that can be found. */
  readonly count: number;
  /** Vectors that were removed and still take their place: tombstones. */
  readonly deleted: number;
  /** Last change of the source that is in it. */
  readonly sequence: number;
  /** Size of hnswlib's file. */
  readonly graphBytes: number;
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

/** The header in these bytes, which are known to be whole. Throws: an Error that says why not. */
export function parseHeader(bytes: Buffer): SnapshotHeader {
  const header = JSON.parse(bytes.toString('utf8')) as Partial<SnapshotHeader>;
  const { count, deleted, sequence, graphBytes } = header;
  if (![count, deleted, sequence, graphBytes].every(isCount)) throw new Error('a bad header');
  return header as SnapshotHeader;
}

/** Throws: an Error that says what makes the snapshot another's. */
export function checkIdentity(header: SnapshotHeader, expected: SnapshotIdentity): void {
  const parameters = (identity: SnapshotIdentity) => JSON.stringify(identity.parameters);
  if (header.metric !== 'cosine') throw new Error('another metric');
  if (header.dimensions !== expected.dimensions) throw new Error('another dimension');
  if (header.modelId !== expected.modelId) throw new Error('another model');
  if (header.generation !== expected.generation) throw new Error('another generation');
  if (parameters(header) !== parameters(expected)) throw new Error('other parameters');
}
