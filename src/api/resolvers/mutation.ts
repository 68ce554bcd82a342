/** Changes. What the caller can put right goes into the payload, with the place of the argument. */
import { AppError, appError } from '../../core/errors.ts';
import type {
  CreateEntityTypeInput,
  DocumentInput,
  IngestDocumentsInput,
  MutationResolvers,
  UpdateEntityTypeInput,
  UserError,
} from '../../generated/graphql.ts';
import { checkTypeDescription, checkTypeName, checkTypeOffset } from '../../ingest/check-draft.ts';
import { type DocumentDraft, findDocuments, type PutResult } from '../../store/documents.ts';
import {
  createEntityType,
  deleteEntityType,
  findEntityType,
  updateEntityType,
} from '../../store/entity-types.ts';
import { findJob } from '../../store/ingest-jobs.ts';
import type { JobRecord } from '../../store/job-records.ts';
import type { DocumentRecord, EntityTypeRecord } from '../../store/records.ts';
import { checkRange } from '../check-arguments.ts';
import { collectionIdOf } from '../collection.ts';
import type { ApiContext } from '../context.ts';
import { userError } from '../errors.ts';
import { rowOf, rowOfType } from '../global-id.ts';
import { orRefused, type Places } from '../or-refused.ts';
import { changedExamples, givenExamples, readableExamples } from '../type-examples.ts';

const maxWaitSeconds = 30;
const maxDocuments = 1_000;

type Path = readonly (string | number)[];

const toDraft = ({
  text,
  externalId,
  title,
  metadata,
  mentions,
  pageStarts,
}: DocumentInput): DocumentDraft => ({
  text,
  externalId: externalId ?? undefined,
  title: title ?? undefined,
  metadata: metadata ?? undefined,
  mentions: mentions?.map(({ concept, ...mention }) => ({
    ...mention,
    concept: concept ?? undefined,
  })),
  pageStarts: pageStarts ?? undefined,
});

/** Throws: ARGUMENT_INVALID. */
const checkWait = (waitSeconds: number): void =>
  checkRange('waitSeconds', waitSeconds, [0, maxWaitSeconds]);

/** Throws: ARGUMENT_INVALID. */
function checkCount(argument: string, count: number): void {
  if (count >= 1 && count <= maxDocuments) return;
  const rule = `1 to ${maxDocuments} items`;
  throw appError('ARGUMENT_INVALID', { argument, rule, value: count });
}

/** Where the errors of a type are. */
const ofType: Places = {
  root: ['input'],
  of: {
    ENTITY_TYPE_UNKNOWN: ['id'],
    ENTITY_TYPE_EXISTS: ['name'],
    COLLECTION_UNKNOWN: ['collection'],
    TEXT_EMPTY: ['examples'],
    TEXT_TOO_LONG: ['examples'],
    TEXT_NOT_UNICODE: ['examples'],
  },
};

/** Where those of documents are. */
const ofInput: Places = { root: ['input'], of: {} };

/** Where those of other changes are. */
const ofOthers: Places = { root: [], of: { ENTITY_TYPE_UNKNOWN: ['id'] } };

/** A result with what was refused of it. */
type Refusable<Result> = Result & { readonly errors: readonly UserError[] };

type TypePayload = Refusable<{ readonly entityType: EntityTypeRecord | null }>;

const noType = (errors: readonly UserError[]): TypePayload => ({ entityType: null, errors });

const isStored = (result: PutResult | AppError): result is PutResult =>
  !(result instanceof AppError);

/** Where in a draft its error is. */
function placeIn(error: AppError): string[] {
  const { argument } = error.details;
  return [error.code.startsWith('TEXT_') || typeof argument !== 'string' ? 'text' : argument];
}

/** What became of drafts. */
interface Ingested {
  readonly ids: readonly number[];
  readonly results: readonly (PutResult | AppError)[];
  readonly jobId: number;
}

/** Drafts taken in as a job and, if asked, waited for. */
async function ingestAndWait(
  { ingest, collectionId }: ApiContext,
  drafts: readonly DocumentDraft[],
  waitSeconds: number,
): Promise<Ingested> {
  const jobId = await ingest.jobs.begin(collectionId);
  const priority = waitSeconds > 0 ? 'interactive' : 'bulk';
  const accepted = ingest.accept(drafts, priority, { collectionId, jobId });
  await Promise.allSettled([accepted]);
  await ingest.jobs.end(jobId);
  const results = await accepted;
  await ingest.jobs.refused(
    jobId,
    results.flatMap((error, i) => (isStored(error) ? [] : [{ error, place: String(i) }])),
  );
  const ids = results.filter(isStored).map(({ id }) => id);
  if (waitSeconds > 0) await ingest.settled(ids, waitSeconds * 1_000);
  return { ids, results, jobId };
}

function refusals(results: readonly (PutResult | AppError)[], path: Path): UserError[] {
  return results.flatMap((result, i) =>
    isStored(result) ? [] : [userError(result, [...path, i, ...placeIn(result)])],
  );
}

type DocumentsPayload = Refusable<{
  readonly documents: readonly DocumentRecord[];
  readonly job: JobRecord | null;
}>;

const noDocuments = (errors: readonly UserError[]): DocumentsPayload => ({
  documents: [],
  job: null,
  errors,
});

async function ingestDocuments(
  given: ApiContext,
  { collection, documents: inputs }: IngestDocumentsInput,
  waitSeconds: number,
): Promise<DocumentsPayload> {
  checkCount('documents', inputs.length);
  const drafts = inputs.map(toDraft);
  const context = { ...given, collectionId: await given.ingest.collection(collection) };
  const { ids, results, jobId } = await ingestAndWait(context, drafts, waitSeconds);
  const documents = await findDocuments(context.database, ids);
  return {
    job: (await findJob(context.database, jobId)) ?? null,
    documents: ids.flatMap((id) => documents.get(id) ?? []),
    errors: refusals(results, ['input', 'documents']),
  };
}

async function ingestSamples(
  context: ApiContext,
  waitSeconds: number,
): Promise<Refusable<{ accepted: number; done: number }>> {
  checkWait(waitSeconds);
  const samples = await context.readSamples();
  const { ids, results } = await ingestAndWait(context, samples, waitSeconds);
  const documents = [...(await findDocuments(context.database, ids)).values()];
  return {
    accepted: documents.length,
    done: documents.filter(({ state }) => state === 'DONE').length,
    errors: refusals(results, ['samples']),
  };
}

/** What became of documents that were to go. */
interface Removal {
  readonly goneIds: readonly string[];
  readonly errors: readonly UserError[];
}

async function removeDocuments(
  ids: readonly string[],
  remove: (rows: readonly number[]) => Promise<readonly number[]>,
): Promise<Removal> {
  checkCount('ids', ids.length);
  const rows = ids.map((id) => rowOf('Document', id));
  const gone = new Set(await remove(rows.filter((row) => row !== null)));
  const isGone = (i: number): boolean => gone.has(rows[i] ?? -1);
  return {
    goneIds: ids.filter((_, i) => isGone(i)),
    errors: ids.flatMap((id, i) =>
      isGone(i) ? [] : [userError(appError('DOCUMENT_UNKNOWN', { id }), ['ids', i])],
    ),
  };
}

async function createType(
  context: ApiContext,
  { name, description, examples: given, offset = 0, collection }: CreateEntityTypeInput,
): Promise<TypePayload> {
  const { database, ingest } = context;
  checkTypeName(name);
  checkTypeDescription(description);
  checkTypeOffset(offset);
  const examples = await readableExamples(context, givenExamples(given ?? []));
  const collectionId = await collectionIdOf(context, collection);
  const draft = { collectionId, name, description, examples, offset };
  const entityType = await createEntityType(database, draft);
  ingest.typesChanged([entityType.id]);
  return { entityType, errors: [] };
}

async function updateType(
  context: ApiContext,
  { id, name, description, offset, ...examples }: UpdateEntityTypeInput,
): Promise<TypePayload> {
  const { database, ingest } = context;
  if (typeof name === 'string') checkTypeName(name);
  if (typeof description === 'string') checkTypeDescription(description);
  if (typeof offset === 'number') checkTypeOffset(offset);
  const current = await findEntityType(database, rowOfType(id));
  const entityType =
    current &&
    (await updateEntityType(database, current.id, {
      name: name ?? undefined,
      description: description ?? undefined,
      examples: await changedExamples(context, current, examples),
      offset: offset ?? undefined,
    }));
  if (entityType === undefined) throw appError('ENTITY_TYPE_UNKNOWN', { name: id });
  ingest.typesChanged([entityType.id]);
  return { entityType, errors: [] };
}

async function removeType(
  { database, ingest }: ApiContext,
  id: string,
): Promise<Refusable<{ deletedId: string | null }>> {
  const row = rowOfType(id);
  if (!(await deleteEntityType(database, row))) {
    throw appError('ENTITY_TYPE_UNKNOWN', { name: id });
  }
  ingest.typesChanged([row]);
  return { deletedId: id, errors: [] };
}

const noneGone = (errors: readonly UserError[]): Removal => ({ goneIds: [], errors });

/** Resolvers of mutations. */
export const mutationResolvers = {
  ingestDocuments: (_parent, { input, waitSeconds }, context) =>
    orRefused(
      ofOthers,
      () => {
        checkWait(waitSeconds);
        return orRefused(ofInput, () => ingestDocuments(context, input, waitSeconds), noDocuments);
      },
      noDocuments,
    ),
  ingestSampleDocuments: (_parent, { waitSeconds }, context) =>
    orRefused(
      ofOthers,
      () => ingestSamples(context, waitSeconds),
      (errors) => ({ accepted: 0, done: 0, errors }),
    ),
  deleteDocuments: async (_parent, { ids }, { ingest }) => {
    const { goneIds: deletedIds, errors } = await orRefused(
      ofOthers,
      () => removeDocuments(ids, (rows) => ingest.remove(rows)),
      noneGone,
    );
    return { deletedIds, errors };
  },
  purgeDocuments: async (_parent, { ids }, { purge }) => {
    const { goneIds: purgedIds, errors } = await orRefused(
      ofOthers,
      () => removeDocuments(ids, purge),
      noneGone,
    );
    return { purgedIds, errors };
  },
  createEntityType: (_parent, { input }, context) =>
    orRefused(ofType, () => createType(context, input), noType),
  updateEntityType: (_parent, { input }, context) =>
    orRefused(ofType, () => updateType(context, input), noType),
  deleteEntityType: (_parent, { id }, context) =>
    orRefused(
      ofOthers,
      () => removeType(context, id),
      (errors) => ({ deletedId: null, errors }),
    ),
} satisfies MutationResolvers;
