/** What people decide about mentions: reviews, and what each says of every place. */
import { AppError, appError } from '../../core/errors.ts';
import type {
  AddMentionInput,
  MutationResolvers,
  QueryResolvers,
  Resolvers,
  ReviewMentionsInput,
  UserError,
} from '../../generated/graphql.ts';
import { checkNote, checkReviewer } from '../../ingest/check-draft.ts';
import { typeNamed } from '../../search/mention-filter.ts';
import { mentionsToDecide } from '../../search/reviewed-mentions.ts';
import { findDocuments } from '../../store/documents.ts';
import { listEntityTypes } from '../../store/entity-types.ts';
import { findMentions } from '../../store/mentions.ts';
import type { MentionRecord, Page, PageRequest } from '../../store/records.ts';
import type {
  Decision,
  Reviewed,
  ReviewRecord,
  VerdictRecord,
} from '../../store/review-records.ts';
import {
  addMention,
  checkReview,
  findReviews,
  listReviews,
  reviewMentions,
  undoReview,
  verdictsOfReview,
} from '../../store/reviews.ts';
import { invalid, onlyGiven } from '../check-arguments.ts';
import { collectionIdOf } from '../collection.ts';
import type { ApiContext } from '../context.ts';
import { isUserError } from '../errors.ts';
import { toDocumentRow, toMentionFilter } from '../filters.ts';
import { namingMentions, printGlobalId, rowOf, rowOfMention } from '../global-id.ts';
import { orRefused } from '../or-refused.ts';
import { connection, type PagedList, pageById, printCursor } from '../page.ts';
import { stillThere } from './document.ts';

const maxMentionIds = 1_000;

const reviews: PagedList = { name: 'reviews', positionLength: 1 };

/** A page of verdicts in the order of their ids. */
export async function verdictPage(
  name: string,
  args: { readonly first: number; readonly after?: string | null | undefined },
  read: (page: PageRequest) => Promise<Page<VerdictRecord>>,
) {
  const page = pageById({ name, positionLength: 1 }, args);
  const { rows, hasNext } = await read(page);
  const edges = rows.map((node) => ({ cursor: printCursor(name, [node.id]), node }));
  return connection(edges, { hasNextPage: hasNext, hasPreviousPage: page.after !== undefined });
}

/** The row of a type. Throws: ENTITY_TYPE_UNKNOWN. */
async function typeIdOf({ database }: ApiContext, collectionId: number, name: string) {
  return typeNamed(await listEntityTypes(database, collectionId), name).id;
}

/** Throws: ARGUMENT_INVALID for what the decision has no use for, or lacks. */
function checkArguments({ decision, toType, start, end, mentionIds }: ReviewMentionsInput): void {
  const hasType = typeof toType === 'string';
  if (hasType !== (decision === 'RETYPE')) {
    throw invalid('toType', 'given for RETYPE, and only for that', toType);
  }
  const isMove = decision === 'MOVE';
  if ((typeof start === 'number') !== isMove || (typeof end === 'number') !== isMove) {
    throw invalid('start', 'given for MOVE, with end, and only for that', { start, end });
  }
  if (isMove && mentionIds?.length !== 1) {
    throw invalid('mentionIds', 'one mention for MOVE', mentionIds?.length ?? 0);
  }
}

/** Throws: ARGUMENT_INVALID, ENTITY_TYPE_UNKNOWN. */
async function decisionOf(
  context: ApiContext,
  collectionId: number,
  input: ReviewMentionsInput,
): Promise<Decision> {
  checkArguments(input);
  const { decision, toType, start, end } = input;
  if (decision === 'RETYPE') {
    return { kind: decision, typeId: await typeIdOf(context, collectionId, toType ?? '') };
  }
  return decision === 'MOVE'
    ? { kind: decision, to: { start: start ?? 0, end: end ?? 0 } }
    : { kind: decision };
}

/** Has errors of a filter say which of its parts they are about. */
async function ofFilter<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isUserError(error)) throw error;
    const isOfTypes = error.code === 'ENTITY_TYPE_UNKNOWN';
    const part = isOfTypes ? 'types' : error.details['argument'];
    const argument = typeof part === 'string' ? `filter.${part}` : 'filter';
    throw appError(error.code, { ...error.details, argument } as never, error);
  }
}

/** Rows of the mentions. Throws: ARGUMENTS_CONTRADICT, ARGUMENT_INVALID, MENTION_UNKNOWN, ENTITY_TYPE_UNKNOWN. */
async function mentionsOf(
  context: ApiContext,
  collectionId: number,
  { mentionIds, filter, expectedCount, dryRun }: ReviewMentionsInput,
): Promise<readonly number[]> {
  onlyGiven({ mentionIds, filter });
  if (mentionIds) {
    if (mentionIds.length >= 1 && mentionIds.length <= maxMentionIds) {
      return [...new Set(mentionIds.map(rowOfMention))];
    }
    throw invalid('mentionIds', `1 to ${maxMentionIds} ids`, mentionIds.length);
  }
  if (!dryRun && typeof expectedCount !== 'number') {
    throw invalid('expectedCount', 'given with a filter, as a dry run counts it', expectedCount);
  }
  return ofFilter(() =>
    mentionsToDecide({ ...context, collectionId }, toMentionFilter(filter ?? {})),
  );
}

/** What a review has made. */
interface ReviewPayload {
  readonly review: ReviewRecord | null;
  readonly mention: MentionRecord | null;
  readonly errors: readonly UserError[];
}

type BulkPayload = ReviewPayload & { readonly count: number };

async function payloadOf(
  { database, ingest }: ApiContext,
  { reviewId, mentionId }: Reviewed,
): Promise<ReviewPayload> {
  ingest.mentionsAdded();
  const review = (await findReviews(database, [reviewId])).get(reviewId) ?? null;
  const id = mentionId ?? -1;
  const mention = (await findMentions(database, [id])).get(id) ?? null;
  return { review, mention, errors: [] };
}

/** Has errors name mentions and the type, if it was deleted just now, as the caller knows them. */
async function withGivenNames<Result>(
  type: string | null | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await namingMentions(work);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'ENTITY_TYPE_UNKNOWN') throw error;
    throw appError(error.code, { name: type ?? '' }, error);
  }
}

/** Throws: ARGUMENT_INVALID. */
function checkExpected(count: number | null): void {
  if (count !== null && count < 0) throw invalid('expectedCount', '0 at least', count);
}

async function decide(context: ApiContext, input: ReviewMentionsInput): Promise<BulkPayload> {
  const { reviewer, note = null, expectedCount = null, dryRun } = input;
  checkReviewer(reviewer);
  if (note !== null) checkNote(note);
  checkExpected(expectedCount);
  const collectionId = await collectionIdOf(context, input.collection);
  const decision = await decisionOf(context, collectionId, input);
  const mentionIds = await mentionsOf(context, collectionId, input);
  const count = mentionIds.length;
  if (expectedCount !== null && expectedCount !== count) {
    throw appError('REVIEW_COUNT_CHANGED', { expected: expectedCount, count });
  }
  const nothing = { count, review: null, mention: null, errors: [] };
  // What a filter shows is there.
  if (count === 0 || (dryRun && input.filter)) return nothing;
  const draft = { collectionId, mentionIds, decision, reviewer, note, expectedCount };
  if (dryRun) {
    await withGivenNames(input.toType, () => checkReview(context.database, draft));
    return nothing;
  }
  const made = await withGivenNames(input.toType, () => reviewMentions(context.database, draft));
  return { count, ...(await payloadOf(context, made)) };
}

async function add(context: ApiContext, input: AddMentionInput): Promise<ReviewPayload> {
  const { documentId, start, end, type, reviewer, note = null } = input;
  checkReviewer(reviewer);
  if (note !== null) checkNote(note);
  const row = rowOf('Document', documentId) ?? -1;
  const document = (await findDocuments(context.database, [row])).get(row);
  if (!document) throw appError('DOCUMENT_UNKNOWN', { id: documentId });
  const typeId = await typeIdOf(context, document.collectionId, type);
  const added = { documentId: row, start, end, typeId, reviewer, note };
  return payloadOf(context, await withGivenNames(type, () => addMention(context.database, added)));
}

async function undo({ database, ingest }: ApiContext, id: string, reviewer: string) {
  checkReviewer(reviewer);
  const row = rowOf('Review', id);
  if (row === null) throw appError('REVIEW_UNKNOWN', { id });
  try {
    await undoReview(database, { id: row, reviewer });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'REVIEW_UNKNOWN') throw error;
    throw appError(error.code, { id }, error);
  }
  ingest.mentionsAdded();
  return { review: (await findReviews(database, [row])).get(row) ?? null, errors: [] };
}

/** Queries of reviews. */
export const reviewQueryResolvers = {
  reviews: async (_parent, { documentId, first, after }, { database, collectionId }) => {
    const page = pageById(reviews, { first, after });
    const hasDocument = typeof documentId === 'string';
    const row = hasDocument ? toDocumentRow('documentId', documentId) : undefined;
    const filter = { collectionId, documentId: row };
    const { rows, hasNext } = await listReviews(database, filter, page);
    const edges = rows.map((node) => ({ cursor: printCursor(reviews.name, [node.id]), node }));
    return connection(edges, { hasNextPage: hasNext, hasPreviousPage: page.after !== undefined });
  },
} satisfies QueryResolvers;

/** Changes of mentions by people. */
export const reviewMutationResolvers = {
  reviewMentions: (_parent, { input }, context) =>
    orRefused<BulkPayload>(
      {
        root: ['input'],
        of: {
          ENTITY_TYPE_UNKNOWN: ['toType'],
          MENTION_UNKNOWN: ['mentionIds'],
          REVIEW_COUNT_CHANGED: ['expectedCount'],
          COLLECTION_UNKNOWN: ['collection'],
        },
      },
      () => decide(context, input),
      (errors) => ({ count: 0, review: null, mention: null, errors }),
    ),
  addMention: (_parent, { input }, context) =>
    orRefused<ReviewPayload>(
      {
        root: ['input'],
        of: { ENTITY_TYPE_UNKNOWN: ['type'], DOCUMENT_UNKNOWN: ['documentId'] },
      },
      () => add(context, input),
      (errors) => ({ review: null, mention: null, errors }),
    ),
  undoReview: (_parent, { id, reviewer }, context) =>
    orRefused<{ review: ReviewRecord | null; errors: readonly UserError[] }>(
      { root: [], of: { REVIEW_UNKNOWN: ['id'], REVIEW_UNDONE: ['id'] } },
      () => undo(context, id, reviewer),
      (errors) => ({ review: null, errors }),
    ),
} satisfies MutationResolvers;

/** Fields of reviews and verdicts. */
export const reviewTypeResolvers: Resolvers = {
  Review: {
    id: ({ id }) => printGlobalId('Review', id),
    mentionCount: ({ mentions }) => mentions,
    verdicts: ({ id }, args, { database }) =>
      verdictPage('verdicts', args, (page) => verdictsOfReview(database, id, page)),
  },
  Verdict: {
    review: async ({ reviewId }, _args, { loaders }) => {
      const made = await loaders.reviews.load(reviewId);
      // It may have gone with its document since the verdict was read.
      if (made) return made;
      throw appError('REVIEW_UNKNOWN', { id: printGlobalId('Review', reviewId) });
    },
    document: async ({ documentId }, _args, { loaders }) =>
      stillThere(await loaders.documents.load(documentId), documentId),
    mention: ({ mentionId }, _args, { loaders }) =>
      mentionId === null ? null : loaders.mentions.load(mentionId),
  },
};
