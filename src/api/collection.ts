/** Which collection an operation is about. */
import { appError } from '../core/errors.ts';
import { findCollection } from '../store/collections.ts';
import type { ApiContext } from './context.ts';

/** The collection of this name; without one the default. Throws: COLLECTION_UNKNOWN. */
export async function collectionIdOf(
  { database, collectionId }: ApiContext,
  name: string | null | undefined,
): Promise<number> {
  if (name === null || name === undefined) return collectionId;
  const collection = await findCollection(database, name);
  if (collection === null) throw appError('COLLECTION_UNKNOWN', { name });
  return collection.id;
}

/** Anything that resolves a field. */
type Resolve = (parent: never, args: never, context: ApiContext) => unknown;

/** Has every resolver work in the collection that its argument `collection` names. */
export const inCollections = <Fields extends Readonly<Record<string, Resolve>>>(
  resolvers: Fields,
): Fields =>
  Object.fromEntries(
    Object.entries(resolvers).map(([field, resolve]) => [
      field,
      async (parent: never, args: { readonly collection?: string | null }, context: ApiContext) => {
        const collectionId = await collectionIdOf(context, args.collection);
        return resolve(parent, args as never, { ...context, collectionId });
      },
    ]),
  ) as unknown as Fields;
