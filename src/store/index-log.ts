/**
 * What the vector indexes have to learn, numbered in the order it was committed. The log is written in
 * the same transaction as the rows, so an index that has applied it through number n has exactly what
 * SQL had then.
 */
import type { Database } from './database.ts';
import { unpackVectors } from './packed-vectors.ts';
import { allVectors, readVectors, type StoredVector, type VectorSpace } from './vectors.ts';

/** One change of a space. */
export interface VectorChange {
  readonly sequence: number;
  readonly id: number;
  /** The vector that was put; null when it was removed (or put, and removed since). */
  readonly vector: Float32Array | null;
}

/** Where an index gets its vectors from. */
export interface LoggedVectors {
  /** Number of the last change there is. */
  lastSequence(): Promise<number>;
  /** Every vector, in batches; at least as new as `lastSequence` was before. */
  all(): AsyncIterable<readonly StoredVector[]>;
  /** The vectors with these ids that there are. */
  read(ids: readonly number[]): Promise<readonly StoredVector[]>;
  /** The next vectors by id after one, at most so many. */
  after(id: number, limit: number): Promise<readonly StoredVector[]>;
  /** Changes after `sequence`, in order; undefined when the log no longer reaches back to there. */
  changesAfter(sequence: number, limit: number): Promise<readonly VectorChange[] | undefined>;
  /** Throws away the log through `sequence`: a snapshot that has it is on the disk. */
  forget(sequence: number): Promise<void>;
}

type LogRow = { readonly pruned: number } & (
  | { readonly sequence: null }
  | { readonly sequence: number; readonly op: 'PUT' | 'REMOVE'; readonly id: number }
);

const numberOf = (row: { sequence: number } | undefined): number => row?.sequence ?? 0;

async function changesAfter(
  database: Database,
  space: VectorSpace,
  { after, limit }: { after: number; limit: number },
): Promise<VectorChange[] | undefined> {
  const { reader } = database;
  const rows = await reader.all<LogRow>('changesAfter', { space, after, limit });
  if (after < (rows[0]?.pruned ?? 0)) return undefined;
  const changes = rows.flatMap((row) => (row.sequence === null ? [] : row));
  // Before each search, and there is seldom anything.
  if (changes.length === 0) return [];
  const puts = changes.filter(({ op }) => op === 'PUT').map(({ id }) => id);
  const vectors = await readVectors(database, space, puts);
  const vectorOf = new Map(vectors.map(({ id, vector }) => [id, vector]));
  return changes.map(({ sequence, op, id }) => ({
    sequence,
    id,
    vector: op === 'PUT' ? (vectorOf.get(id) ?? null) : null,
  }));
}

const nextOf = { TYPE: 'allTypeVectors', MEANING: 'allMeaningVectors' } as const;

async function vectorsAfter(
  { reader }: Database,
  space: VectorSpace,
  { after, limit }: { after: number; limit: number },
): Promise<StoredVector[]> {
  const { ids, vectors } = await reader.vectors(nextOf[space], { after, limit });
  return unpackVectors(vectors).map((vector, i) => ({ id: ids[i] ?? 0, vector }));
}

/** The vectors of a space and their log, for an index to follow. */
export function loggedVectors(database: Database, space: VectorSpace): LoggedVectors {
  return {
    lastSequence: async () => numberOf(await database.reader.get('lastSequence')),
    all: () => allVectors(database, space),
    read: (ids) => readVectors(database, space, ids),
    after: (id, limit) => vectorsAfter(database, space, { after: id, limit }),
    changesAfter: (after, limit) => changesAfter(database, space, { after, limit }),
    forget: (through) => database.writer.write('forgetLog', { space, through }),
  };
}

const generationSql = 'SELECT changed_at AS changedAt FROM model WHERE id = 1';

/**
 * When the model in use was put to use: tells its vectors from those of an earlier time that it was.
 *
 * Units: milliseconds since 1970.
 */
export async function modelGeneration({ reader }: Database): Promise<number> {
  const [row] = await reader.query<{ changedAt: number }>(generationSql, {});
  return row?.changedAt ?? 0;
}
