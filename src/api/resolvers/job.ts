/** Jobs: asked for, changed and begun. */
import { appError, type ErrorCode } from '../../core/errors.ts';
import type {
  RerunFilter as FilterInput,
  MutationResolvers,
  QueryResolvers,
  Resolvers,
  UserError,
} from '../../generated/graphql.ts';
import { typeNamed } from '../../search/mention-filter.ts';
import { listEntityTypes } from '../../store/entity-types.ts';
import {
  countJobs,
  failedDocuments,
  findJob,
  listJobs,
  refusalsOf,
  speedOf,
} from '../../store/ingest-jobs.ts';
import type { JobRecord, RerunFilter } from '../../store/job-records.ts';
import { collectionIdOf } from '../collection.ts';
import type { ApiContext } from '../context.ts';
import { printGlobalId, rowOf } from '../global-id.ts';
import { orRefused } from '../or-refused.ts';
import { connection, type PagedList, pageById, pageRequest, printCursor } from '../page.ts';
import type { JobFailureParent } from '../parents.ts';

const jobs: PagedList = { name: 'jobs', positionLength: 1 };

/** By what failed, then by id: what was refused comes before what was given up. */
const failures: PagedList = { name: 'failures', positionLength: 2 };
const refusedPart = 0;
const givenUpPart = 1;

/** The row of a job's global id. Throws: JOB_UNKNOWN. */
export function rowOfJob(id: string): number {
  const row = rowOf('IngestJob', id);
  if (row === null) throw appError('JOB_UNKNOWN', { id });
  return row;
}

interface PlacedFailure {
  readonly place: readonly [number, number];
  readonly node: JobFailureParent;
}

async function failuresOf(
  { database }: ApiContext,
  id: number,
  { first, after }: { first: number; after: readonly number[] | null },
): Promise<PlacedFailure[]> {
  const [part = refusedPart, row = 0] = after ?? [];
  const refused = part === refusedPart ? await refusalsOf(database, id, { first, after: row }) : [];
  const documents = await failedDocuments(database, id, {
    first: first - refused.length,
    after: part === givenUpPart ? row : 0,
  });
  return [
    ...refused.map(
      (each): PlacedFailure => ({
        place: [refusedPart, each.id],
        node: { ...each, place: each.place ?? null, documentId: null, attempts: 0 },
      }),
    ),
    ...documents.map(
      (each): PlacedFailure => ({
        place: [givenUpPart, each.documentId],
        node: { ...each, place: null },
      }),
    ),
  ];
}

/** Throws: ENTITY_TYPE_UNKNOWN, ARGUMENT_INVALID. */
async function toRerunFilter(
  { database }: ApiContext,
  collectionId: number,
  { onlyFailed, onlyOlderModel, type }: FilterInput,
): Promise<RerunFilter> {
  if (typeof type === 'string') {
    const types = await listEntityTypes(database, collectionId);
    return { kind: 'TYPE', typeId: typeNamed(types, type).id };
  }
  if (onlyFailed) return { kind: 'FAILED' };
  if (onlyOlderModel) return { kind: 'OLDER_MODEL' };
  const value = { onlyFailed, onlyOlderModel };
  throw appError('ARGUMENT_INVALID', { argument: 'filter', rule: 'true where it is given', value });
}

interface JobPayload {
  readonly job: JobRecord | null;
  readonly errors: readonly UserError[];
}

const payloadOf = (work: () => Promise<JobRecord>): Promise<JobPayload> =>
  orRefused<JobPayload>(
    {
      root: [],
      of: {
        JOB_UNKNOWN: ['id'],
        JOB_ENDED: ['id'],
        ENTITY_TYPE_UNKNOWN: ['filter', 'type'],
        COLLECTION_UNKNOWN: ['collection'],
      },
    },
    async () => ({ job: await work(), errors: [] }),
    (errors) => ({ job: null, errors }),
  );

/** Queries of jobs. */
export const jobQueryResolvers = {
  job: async (_parent, { id }, { database }) => {
    const row = rowOf('IngestJob', id);
    return row === null ? null : ((await findJob(database, row)) ?? null);
  },
  jobs: async (_parent, { first, after }, { database, collectionId }) => {
    const page = pageById(jobs, { first, after });
    const { rows, hasNext } = await listJobs(database, collectionId, page);
    const edges = rows.map((node) => ({ cursor: printCursor(jobs.name, [node.id]), node }));
    const pageInfo = { hasNextPage: hasNext, hasPreviousPage: page.after !== undefined };
    return { ...connection(edges, pageInfo), collectionId };
  },
} satisfies QueryResolvers;

/** Changes of jobs. */
export const jobMutationResolvers = {
  pauseJob: (_parent, { id }, { ingest }) => payloadOf(async () => ingest.jobs.pause(rowOfJob(id))),
  resumeJob: (_parent, { id }, { ingest }) =>
    payloadOf(async () => ingest.jobs.resume(rowOfJob(id))),
  cancelJob: (_parent, { id }, { ingest }) =>
    payloadOf(async () => ingest.jobs.cancel(rowOfJob(id))),
  rerunDocuments: (_parent, { filter, collection }, context) =>
    payloadOf(async () => {
      const collectionId = await collectionIdOf(context, collection);
      const which = await toRerunFilter(context, collectionId, filter);
      return context.ingest.jobs.rerun({ collectionId, which });
    }),
} satisfies MutationResolvers;

/** Fields of jobs. */
export const jobTypeResolvers: Resolvers = {
  IngestJob: {
    id: ({ id }) => printGlobalId('IngestJob', id),
    given: ({ drafts }) => drafts,
    documents: ({ documents }) => ({
      ...documents,
      total: Object.values(documents).reduce((sum, count) => sum + count, 0),
    }),
    documentsPerSecond: async (job, _args, { database }) =>
      (await speedOf(database, job)).documentsPerSecond,
    secondsLeft: async (job, _args, { database }) => (await speedOf(database, job)).secondsLeft,
    failures: async (job, args, context) => {
      const { limit, after } = pageRequest(failures, args);
      const found = await failuresOf(context, job.id, { first: limit + 1, after });
      const edges = found
        .slice(0, limit)
        .map(({ place, node }) => ({ cursor: printCursor(failures.name, place), node }));
      return connection(edges, {
        hasNextPage: found.length > limit,
        hasPreviousPage: after !== null,
      });
    },
  },
  IngestJobConnection: {
    totalCount: ({ collectionId }, _args, { database }) => countJobs(database, collectionId),
  },
  JobFailure: {
    code: ({ code }) => code as ErrorCode,
    document: ({ documentId }, _args, { loaders }) =>
      documentId === null ? null : loaders.documents.load(documentId),
    at: ({ at }) => new Date(at),
  },
};
