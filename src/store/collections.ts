/** Collections: sets of documents with their own entity types. */
import { invariant } from '../core/invariant.ts';
import type { Database } from './database.ts';

/** A set of documents with its own entity types. */
export interface CollectionRecord {
  readonly id: number;
  readonly name: string;
  readonly createdAt: Date;
}

/** The collection that every database has, named 'default'. */
export async function defaultCollection({ prisma }: Database): Promise<CollectionRecord> {
  const row = await prisma.collection.findUnique({
    where: { name: 'default' },
    select: { id: true, name: true, createdAt: true },
  });
  invariant(row, 'The first migration makes the default collection.');
  return row;
}
