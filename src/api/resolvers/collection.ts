/** Collections: what they keep, and their settings. */
import { appError } from '../../core/errors.ts';
import type {
  CollectionResolvers,
  MutationResolvers,
  UpdateCollectionInput,
  UserError,
} from '../../generated/graphql.ts';
import { type CollectionRecord, findCollection } from '../../store/collections.ts';
import { keepLedgers, ledgerTotals } from '../../store/ledgers.ts';
import type { ApiContext } from '../context.ts';
import { orRefused } from '../or-refused.ts';
import { coverageOfCollection } from './coverage.ts';

interface CollectionPayload {
  readonly collection: CollectionRecord | null;
  readonly errors: readonly UserError[];
}

/** Throws: COLLECTION_UNKNOWN. */
async function existing({ database }: ApiContext, name: string): Promise<CollectionRecord> {
  const collection = await findCollection(database, name);
  if (collection) return collection;
  throw appError('COLLECTION_UNKNOWN', { name });
}

async function updateCollection(
  context: ApiContext,
  { name, keepsLedgers }: UpdateCollectionInput,
): Promise<CollectionPayload> {
  const { id } = await existing(context, name);
  if (typeof keepsLedgers === 'boolean') await keepLedgers(context.database, id, keepsLedgers);
  return { collection: await existing(context, name), errors: [] };
}

/** Changes of collections. */
export const collectionMutationResolvers = {
  updateCollection: (_parent, { input }, context) =>
    orRefused<CollectionPayload>(
      { root: ['input'], of: { COLLECTION_UNKNOWN: ['name'] } },
      () => updateCollection(context, input),
      (errors) => ({ collection: null, errors }),
    ),
} satisfies MutationResolvers;

/** What a collection has. */
export const collectionTypeResolvers: { readonly Collection: CollectionResolvers } = {
  Collection: {
    coverage: ({ id }, _args, context) => coverageOfCollection(context, id),
    ledgers: ({ id }, _args, { database }) => ledgerTotals(database, id),
  },
};
