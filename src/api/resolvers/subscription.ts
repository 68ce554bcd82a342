/** What can be followed live. */
import { appError } from '../../core/errors.ts';
import type { SubscriptionResolvers } from '../../generated/graphql.ts';
import { findDocuments } from '../../store/documents.ts';
import { findEntityType } from '../../store/entity-types.ts';
import type { DocumentRecord, EntityTypeRecord } from '../../store/records.ts';
import type { ApiContext } from '../context.ts';
import { rowOf } from '../global-id.ts';
import { createLoaders } from '../loaders.ts';

const maxFollowed = 1_000;

/** Items of a source as the function makes them; those it makes nothing of are passed over. */
function mapAsync<Item, Result>(
  source: AsyncIterableIterator<Item>,
  map: (item: Item) => Promise<Result | undefined>,
): AsyncIterableIterator<Result> {
  const mapped: AsyncIterableIterator<Result> = {
    [Symbol.asyncIterator]: () => mapped,
    async next() {
      for (;;) {
        const { value, done } = await source.next();
        if (done) return { value: undefined, done };
        const result = await map(value);
        if (result !== undefined) return { value: result, done: false };
      }
    },
    // An async generator could not be ended while it waits for the next item.
    async return() {
      await source.return?.();
      return { value: undefined, done: true };
    },
  };
  return mapped;
}

/** The rows that are followed; null for all. Throws: DOCUMENT_UNKNOWN, ARGUMENT_INVALID. */
function followedRows(ids: readonly string[] | null | undefined): ReadonlySet<number> | null {
  if (!ids) return null;
  if (ids.length > maxFollowed) {
    const rule = `at most ${maxFollowed} ids`;
    throw appError('ARGUMENT_INVALID', { argument: 'ids', rule, value: ids.length });
  }
  return new Set(
    ids.map((id) => {
      const row = rowOf('Document', id);
      if (row === null) throw appError('DOCUMENT_UNKNOWN', { id });
      return row;
    }),
  );
}

/** Each piece of news is read anew: loaders would give what was true before. */
const renew = (context: ApiContext): void => {
  Object.assign(context.loaders, createLoaders(context));
};

/** Resolvers of subscriptions. */
export const subscriptionResolvers = {
  documentChanged: {
    subscribe: (_parent, { ids }, { ingest, database }) => {
      const rows = followedRows(ids);
      return mapAsync(ingest.changes.documents(), async ([{ id }]) =>
        rows === null || rows.has(id) ? (await findDocuments(database, [id])).get(id) : undefined,
      );
    },
    resolve: (document: DocumentRecord, _args: unknown, context: ApiContext) => {
      renew(context);
      return document;
    },
  },
  entityTypeProgress: {
    subscribe: (_parent, { id }, { ingest, database }) => {
      const row = typeof id === 'string' ? rowOf('EntityType', id) : null;
      if (typeof id === 'string' && row === null) {
        throw appError('ENTITY_TYPE_UNKNOWN', { name: id });
      }
      return mapAsync(ingest.changes.types(), async ([moved]) =>
        row === null || row === moved ? findEntityType(database, moved) : undefined,
      );
    },
    resolve: (type: EntityTypeRecord, _args: unknown, context: ApiContext) => {
      renew(context);
      return type;
    },
  },
} satisfies SubscriptionResolvers;
