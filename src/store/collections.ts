/** Collections: sets of documents with their own entity types; sameness of documents ends at them. */
import { invariant } from '../core/invariant.ts';
import type { Database } from './database.ts';
import type { EnsureCollection } from './writes/collections.ts';

/** A set of documents with its own entity types. */
export interface CollectionRecord {
  readonly id: number;
  readonly name: string;
  /** Whether its documents get a ledger. */
  readonly keepsLedgers: boolean;
  readonly createdAt: Date;
}

const columns = { id: true, name: true, keepsLedgers: true, createdAt: true } as const;

const toRecord = (
  row: Omit<CollectionRecord, 'keepsLedgers'> & { readonly keepsLedgers: number },
): CollectionRecord => ({ ...row, keepsLedgers: row.keepsLedgers === 1 });

/** The name of the collection that every database has. */
const defaultCollectionName = 'default';

/** The collection of this name, if there is one. */
export async function findCollection(
  { prisma }: Database,
  name: string,
): Promise<CollectionRecord | null> {
  const row = await prisma.collection.findUnique({ where: { name }, select: columns });
  return row && toRecord(row);
}

/** The collection that every database has, named 'default'. */
export async function defaultCollection(database: Database): Promise<CollectionRecord> {
  const row = await findCollection(database, defaultCollectionName);
  invariant(row, 'The first migration makes the default collection.');
  return row;
}

/** Every collection, oldest first. */
export async function listCollections({ prisma }: Database): Promise<CollectionRecord[]> {
  const rows = await prisma.collection.findMany({ orderBy: { id: 'asc' }, select: columns });
  return rows.map(toRecord);
}

/** The collection of this name; made with these types where there is none. Gives its id. */
export const ensureCollection = (
  { writer }: Database,
  name: string,
  types: EnsureCollection['types'],
): Promise<number> => writer.write('ensureCollection', { name, types });
