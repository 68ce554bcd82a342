/** How an HNSW index is opened, and how it says it is. */
import type { HnswParameters } from './hnsw-graph.ts';
import type { AuditCounts } from './index-audit.ts';
import type { VectorSource } from './vector-source.ts';

/** What to open. */
export interface HnswIndexOptions {
  /** The snapshot's path; its folder exists. */
  readonly path: string;
  readonly dimensions: number;
  /** Id of the model that made the vectors: a snapshot of another one is not used. */
  readonly modelId: string;
  /** Which time that model is in use: a snapshot of an earlier one is not used. Default: 0. */
  readonly generation?: number;
  readonly source: VectorSource;
  readonly parameters?: HnswParameters;
  /** Called with what an operator should know: a rebuilding, a crash, a snapshot that failed. */
  readonly notice?: (message: string) => void;
  /** How often the log is looked at when nobody searches. Default: 1,000. */
  readonly followEveryMs?: number;
  /** How often the graph is asked for the next hundred vectors; 0: never. Default: 10,000. */
  readonly auditEveryMs?: number;
  /** How long a search may take before its process is taken for hung. Default: 30,000. */
  readonly answerWithinMs?: number;
  /** Up to so many multiplications a search compares everything. Default: as measured. */
  readonly exactProducts?: number;
}

/** Whether searches are answered by the graph, and how far it is. */
export interface HnswStatus extends AuditCounts {
  /** BUILDING: searches compare with every vector of the source meanwhile. */
  readonly phase: 'READY' | 'BUILDING';
  /** Vectors in the graph. */
  readonly absorbed: number;
  /** Changes that the graph does not have yet; they are compared exactly. */
  readonly waiting: number;
  /** Vectors that were removed and still take their place in the graph. */
  readonly tombstones: number;
  /** How often the graph's process has ended by itself since the index was opened. */
  readonly crashes: number;
}

/** Measured on 100,000 vectors of each kind (bench/vectors.ts): recall@10 of at least 0.99. */
export const defaultParameters: HnswParameters = { m: 16, efConstruction: 200, ef: 200, seed: 100 };
