/**
 * Reviews: what people decide about mentions. A review is attached to places, which are spans of one
 * version of a document's text with a type; it stays when mentions are read anew.
 */
import type { TypeExample } from '../core/document.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, pageOf } from './records.ts';
import type {
  AddedMention,
  ReviewDraft,
  Reviewed,
  ReviewRecord,
  VerdictRecord,
} from './review-records.ts';
import type { SpanInSentence } from './sentence.ts';
import type { ExampleQuery } from './standing-examples.ts';
import type { UndoReview } from './writes/reviews.ts';

/**
 * Decides about mentions, all of them or none.
 *
 * Throws: MENTION_UNKNOWN or ENTITY_TYPE_UNKNOWN with the row; REVIEW_COUNT_CHANGED; ARGUMENT_INVALID for a
 *         span that is not in the text.
 */
export const reviewMentions = ({ writer }: Database, draft: ReviewDraft): Promise<Reviewed> =>
  writer.write('reviewMentions', draft);

/** Refuses what `reviewMentions` would refuse, and changes nothing. Throws what that throws. */
export const checkReview = ({ reader }: Database, draft: ReviewDraft): Promise<void> =>
  reader.checkReview(draft);

/**
 * Adds a mention, or accepts the one that is there.
 *
 * Throws: DOCUMENT_UNKNOWN; ENTITY_TYPE_UNKNOWN with the row; ARGUMENT_INVALID.
 */
export const addMention = ({ writer }: Database, added: AddedMention): Promise<Reviewed> =>
  writer.write('addMention', added);

/** Lets a review stand no more: what stood before stands again. Throws: REVIEW_UNKNOWN, REVIEW_UNDONE. */
export const undoReview = ({ writer }: Database, undo: UndoReview): Promise<void> =>
  writer.write('undoReview', undo);

type ReviewRow = Omit<ReviewRecord, 'createdAt' | 'undoneAt'> & {
  readonly createdAt: number;
  readonly undoneAt: number | null;
};

const toReviewRecord = ({ createdAt, undoneAt, ...review }: ReviewRow): ReviewRecord => ({
  ...review,
  createdAt: new Date(createdAt),
  undoneAt: undoneAt === null ? null : new Date(undoneAt),
});

type VerdictRow = Omit<VerdictRecord, 'isCurrent'> & { readonly isCurrent: 0 | 1 };

const toVerdictRecord = (row: VerdictRow): VerdictRecord => ({
  ...row,
  isCurrent: row.isCurrent === 1,
});

/** The reviews with these ids that exist, by id. */
export async function findReviews(
  { reader }: Database,
  ids: readonly number[],
): Promise<Map<number, ReviewRecord>> {
  const rows = await reader.all<ReviewRow>('findReviews', { ids: JSON.stringify(ids) });
  return new Map(rows.map((row) => [row.id, toReviewRecord(row)]));
}

/** Which reviews. */
export interface ReviewFilter {
  readonly collectionId: number;
  /** Those that are about this document. */
  readonly documentId?: number | undefined;
}

/** A page of reviews, newest first: those before the id `after`. */
export async function listReviews(
  { reader }: Database,
  { collectionId, documentId }: ReviewFilter,
  { first, after }: PageRequest,
): Promise<Page<ReviewRecord>> {
  const rows = await reader.all<ReviewRow>('listReviews', {
    collectionId,
    documentId: documentId ?? null,
    before: after ?? null,
    limit: first + 1,
  });
  return pageOf(rows.map(toReviewRecord), first);
}

/** A page of what a review says, in the order it was said. */
export async function verdictsOfReview(
  { reader }: Database,
  reviewId: number,
  { first, after }: PageRequest,
): Promise<Page<VerdictRecord>> {
  const bindings = { reviewId, after: after ?? 0, limit: first + 1 };
  const rows = await reader.all<VerdictRow>('verdictsOfReview', bindings);
  return pageOf(rows.map(toVerdictRecord), first);
}

/** Everything that was said of these mentions, undone or not, oldest first, by mention. */
export async function verdictsOfMentions(
  { reader }: Database,
  ids: readonly number[],
): Promise<Map<number, VerdictRecord[]>> {
  const verdicts = new Map<number, VerdictRecord[]>(ids.map((id) => [id, []]));
  type Row = VerdictRow & { readonly about: number };
  const rows = await reader.all<Row>('verdictsOfMentions', { ids: JSON.stringify(ids) });
  for (const { about, ...row } of rows) verdicts.get(about)?.push(toVerdictRecord(row));
  return verdicts;
}

/**
 * A page of what stands about a type: spans that a person said are of it (ACCEPTED) or are not
 * (REJECTED), in texts as they are now, by id.
 */
export async function examplesOfType(
  { reader }: Database,
  entityTypeId: number,
  { first, after }: PageRequest,
): Promise<Page<VerdictRecord>> {
  const bindings = { entityTypeId, after: after ?? 0, limit: first + 1 };
  const rows = await reader.all<VerdictRow>('examplesOfType', bindings);
  return pageOf(rows.map(toVerdictRecord), first);
}

/**
 * What stands about a type as examples of it, each in its sentence: ACCEPTED spans are positive. Of either
 * kind first one of each surface form, then the second of each; the newest decision first.
 */
export async function standingExamples(
  { reader }: Database,
  query: ExampleQuery,
): Promise<TypeExample[]> {
  const rows = await reader.standingExamples(query);
  return rows.map(({ documentId, state, sentence }) => ({
    ...(JSON.parse(sentence) as SpanInSentence),
    isPositive: state === 'ACCEPTED',
    documentId,
  }));
}
