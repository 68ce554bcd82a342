/**
 * What resolvers work with: the parts of the running program, and loaders that live for one operation.
 */
import type { Ingest } from '../ingest/ingest.ts';
import type { Linking } from '../search/linking.ts';
import type { SearchParts } from '../search/search-parts.ts';
import type { DocumentDraft } from '../store/documents.ts';
import type { VectorSpace } from '../store/vectors.ts';
import type { EventLoopDelay } from '../telemetry/event-loop.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import type { Rankings } from './ranked-pages.ts';

/** How a vector index is. */
export interface IndexReport {
  readonly space: VectorSpace;
  readonly state: 'READY' | 'BUILDING';
  /** Vectors that a search covers. */
  readonly size: number;
  /** Those of them that are scanned one by one. */
  readonly tail: number;
  /** Vectors that were removed and still take their place. */
  readonly tombstones: number;
  /** How often its process has ended by itself. */
  readonly crashes: number;
  /** Vectors that it was asked for by themselves, those that it did not find, and those repaired. */
  readonly audited: number;
  readonly missed: number;
  readonly repaired: number;
}

/** The parts of the running program that the API shows. */
export interface ApiParts extends SearchParts {
  readonly ingest: Ingest;
  readonly linking: Linking;
  readonly rankings: Rankings;
  readonly logger: Logger;
  /** Version of the program. */
  readonly version: string;
  /** Longest text of `extract`. Units: UTF-16 code units. */
  readonly maxExtractChars: number;
  /** Deletes documents so that no file holds anything of them; gives those that there were. */
  readonly purge: (ids: readonly number[]) => Promise<readonly number[]>;
  readonly indexReports: () => readonly IndexReport[];
  readonly eventLoopDelay: () => EventLoopDelay;
  readonly uptimeSeconds: () => number;
  /** The documents that come with the program. */
  readonly readSamples: () => Promise<readonly DocumentDraft[]>;
}

/** What the resolvers of one operation share. */
export interface ApiContext extends ApiParts {
  readonly loaders: Loaders;
}

/** Has an operation read anew what changes: its loaders would give what was true before. */
export function renewLoaders(context: ApiContext): void {
  Object.assign(context.loaders, createLoaders(context));
}

/** A context for one operation. */
export const createContext = (parts: ApiParts): ApiContext => ({
  ...parts,
  loaders: createLoaders(parts),
});
