/** Collections: sets of documents with their own entity types; sameness of documents ends at them. */
import { invariant } from '../core/invariant.ts';
import type { Database } from './database.ts';
import type { EnsureCollection } from './writes/collections.ts';

/** A set of documents with its own entity types. */
export interface CollectionRecord {
  readonly id: number;
  readonly name: string;
  readonly createdAt: Date;
}

const columns = { id: true, name: true, createdAt: true } as const;

/** The name of the collection that every database has. */
const defaultCollectionName = 'default';

/** The collection of this name, if there is one. */
export async function findCollection(
  { prisma }: Database,
  name: string,
): Promise<CollectionRecord | null> {
  return prisma.collection.findUnique({ where: { name }, select: columns });
}

/** The collection that every database has, named 'default'. */
export async function defaultCollection(database: Database): Promise<CollectionRecord> {
  const row = await findCollection(database, defaultCollectionName);
  invariant(row, 'The first migration makes the default collection.');
  return row;
}

/** Every collection, oldest first. */
export const listCollections = ({ prisma }: Database): Promise<CollectionRecord[]> =>
  prisma.collection.findMany({ orderBy: { id: 'asc' }, select: columns });

/** The collection of this name; made with these types where there is none. Gives its id. */
export const ensureCollection = (
  { writer }: Database,
  name: string,
  types: EnsureCollection['types'],
): Promise<number> => writer.write('ensureCollection', { name, types });
