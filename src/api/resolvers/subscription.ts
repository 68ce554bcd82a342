/** What can be followed live. */
import { appError } from '../../core/errors.ts';
import type { SubscriptionResolvers } from '../../generated/graphql.ts';
import { findDocuments } from '../../store/documents.ts';
import { findEntityType } from '../../store/entity-types.ts';
import { findJob } from '../../store/ingest-jobs.ts';
import type { JobRecord } from '../../store/job-records.ts';
import type { DocumentRecord, EntityTypeRecord } from '../../store/records.ts';
import { type ApiContext, renewLoaders } from '../context.ts';
import { rowOf, rowOfType } from '../global-id.ts';
import { rowOfJob } from './job.ts';

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

/** A job now and each time that it has changed, to its end. Throws: JOB_UNKNOWN. */
async function followJob(
  { ingest, database }: ApiContext,
  id: string,
): Promise<AsyncIterableIterator<JobRecord>> {
  // Listened for before it is looked at, so that no change is missed between.
  const moves = ingest.changes.jobs();
  const first = await findJob(database, rowOfJob(id));
  if (!first) {
    await moves.return?.();
    throw appError('JOB_UNKNOWN', { id });
  }
  let last = first;
  const news = mapAsync(moves, async () => {
    const job = await findJob(database, first.id);
    if (!job || JSON.stringify(job) === JSON.stringify(last)) return undefined;
    last = job;
    return job;
  });
  return untilEnded(first, news);
}

const hasEnded = ({ state }: JobRecord): boolean => state === 'DONE' || state === 'CANCELLED';

/** The first and what follows, until a job has ended. */
function untilEnded(
  first: JobRecord,
  news: AsyncIterableIterator<JobRecord>,
): AsyncIterableIterator<JobRecord> {
  let isFirst = true;
  let isLast = false;
  const jobs: AsyncIterableIterator<JobRecord> = {
    [Symbol.asyncIterator]: () => jobs,
    async next() {
      if (isLast) return jobs.return!();
      const result = isFirst ? { value: first, done: false as const } : await news.next();
      isFirst = false;
      if (!result.done) isLast = hasEnded(result.value);
      return result;
    },
    async return() {
      await news.return?.();
      return { value: undefined, done: true };
    },
  };
  return jobs;
}

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
      renewLoaders(context);
      return document;
    },
  },
  entityTypeProgress: {
    subscribe: (_parent, { id }, { ingest, database }) => {
      const row = typeof id === 'string' ? rowOfType(id) : null;
      return mapAsync(ingest.changes.types(), async ([moved]) =>
        row === null || row === moved ? findEntityType(database, moved) : undefined,
      );
    },
    resolve: (type: EntityTypeRecord, _args: unknown, context: ApiContext) => {
      renewLoaders(context);
      return type;
    },
  },
  jobProgress: {
    subscribe: (_parent, { id }, context) => followJob(context, id),
    resolve: (job: JobRecord, _args: unknown, context: ApiContext) => {
      renewLoaders(context);
      return job;
    },
  },
} satisfies SubscriptionResolvers;
