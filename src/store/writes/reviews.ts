/**
 * Decisions of people, written down and put into effect. A decision about many mentions is one review
 * and one transaction, and is undone as a whole.
 */
import { appError } from '../../core/errors.ts';
import { invariant } from '../../core/invariant.ts';
import type { SqlConnection } from '../connection.ts';
import type {
  AddedMention,
  Decision,
  ReviewDecision,
  ReviewDraft,
  Reviewed,
  Reviewer,
  VerdictRecord,
} from '../review-records.ts';
import { applyVerdicts, mentionsAtPlace } from './verdicts.ts';

interface Place {
  readonly documentId: number;
  readonly start: number;
  readonly end: number;
  readonly surface: string;
  readonly entityTypeId: number;
}

interface MentionPlace extends Place {
  readonly id: number;
  readonly collectionId: number;
}

type State = VerdictRecord['state'];

interface ReviewValues extends Reviewer {
  readonly collectionId: number;
  readonly decision: ReviewDecision;
  readonly mentions: number;
}

function insertReview(writer: SqlConnection, values: ReviewValues): number {
  const { collectionId, decision, mentions, reviewer, note } = values;
  const row = { collectionId, decision, mentions, reviewer, note, now: Date.now() };
  return writer.run('insertReview', row).lastId;
}

/** Who says so far that a place is a mention, and the model's scores; a person, where nobody does. */
function standOf(writer: SqlConnection, place: Place) {
  const mentions = mentionsAtPlace(writer, place);
  const [first] = mentions;
  const isHuman = !first || mentions.some(({ source }) => source === 'HUMAN');
  const { score = 0, threshold = 0, margin = 0 } = first ?? {};
  return { source: isHuman ? 'HUMAN' : first.source, score, threshold, margin };
}

function insertVerdict(writer: SqlConnection, reviewId: number, place: Place & { state: State }) {
  const { documentId, start, end, surface, entityTypeId, state } = place;
  const row = { reviewId, documentId, start, end, surface, entityTypeId, state };
  writer.run('insertVerdict', { ...row, ...standOf(writer, place) });
}

/** Whole characters of the text, and not only white space. Throws: ARGUMENT_INVALID. */
function surfaceAt(
  writer: SqlConnection,
  documentId: number,
  span: { start: number; end: number },
) {
  const { start, end } = span;
  const row = writer.get<{ text: string }>('documentText', { id: documentId });
  const text = row?.text ?? '';
  const surface = text.slice(start, end);
  const isWithin = start >= 0 && start < end && end <= text.length;
  if (isWithin && !/\p{Surrogate}/u.test(surface) && surface.trim() !== '') return surface;
  const rule = `whole characters of the text, which has ${text.length} UTF-16 code units, and not only white space`;
  throw appError('ARGUMENT_INVALID', { argument: 'start', rule, value: { start, end } });
}

/** What a decision says of a mention's place, and of the one that it puts in its stead. */
function* verdictsOf(
  writer: SqlConnection,
  mention: MentionPlace,
  decision: Decision,
): Generator<Place & { state: State }> {
  if (decision.kind === 'ACCEPT' || decision.kind === 'REJECT') {
    yield { ...mention, state: decision.kind === 'ACCEPT' ? 'ACCEPTED' : 'REJECTED' };
    return;
  }
  const changed =
    decision.kind === 'RETYPE'
      ? { ...mention, entityTypeId: decision.typeId }
      : {
          ...mention,
          ...decision.to,
          surface: surfaceAt(writer, mention.documentId, decision.to),
        };
  const { entityTypeId, start, end } = changed;
  const isSame =
    entityTypeId === mention.entityTypeId && start === mention.start && end === mention.end;
  if (!isSame) yield { ...mention, state: 'REJECTED' };
  yield { ...changed, state: 'ACCEPTED' };
}

/** A verdict about no type would say nothing. Throws: ENTITY_TYPE_UNKNOWN with the row. */
function requireType(connection: SqlConnection, id: number): void {
  if (connection.get('versionOfType', { id })) return;
  throw appError('ENTITY_TYPE_UNKNOWN', { name: String(id) });
}

/** Throws: MENTION_UNKNOWN or ENTITY_TYPE_UNKNOWN with the row; REVIEW_COUNT_CHANGED. */
function mentionsToReview(
  writer: SqlConnection,
  { collectionId, mentionIds, decision, expectedCount }: ReviewDraft,
): MentionPlace[] {
  if (decision.kind === 'RETYPE') requireType(writer, decision.typeId);
  const ids = JSON.stringify(mentionIds);
  const all = writer.all<MentionPlace>('mentionsToReview', { ids });
  const mentions = all.filter((mention) => mention.collectionId === collectionId);
  if (expectedCount !== null && mentions.length !== expectedCount) {
    throw appError('REVIEW_COUNT_CHANGED', { expected: expectedCount, count: mentions.length });
  }
  const found = new Set(mentions.map(({ id }) => id));
  const missing = mentionIds.find((id) => !found.has(id));
  if (missing !== undefined) throw appError('MENTION_UNKNOWN', { id: String(missing) });
  return mentions;
}

/** Refuses what `reviewMentions` would refuse, and writes nothing. Throws what that throws. */
export const checkReview = (connection: SqlConnection, draft: ReviewDraft): void =>
  connection.snapshot(() => {
    const { decision } = draft;
    const mentions = mentionsToReview(connection, draft);
    if (decision.kind !== 'MOVE') return;
    for (const { documentId } of mentions) surfaceAt(connection, documentId, decision.to);
  });

/** The mention of a place, if there is one. */
const mentionAt = (writer: SqlConnection, place: Place): number | null =>
  mentionsAtPlace(writer, place)[0]?.id ?? null;

/** Decides about mentions. Throws: as `mentionsToReview`; ARGUMENT_INVALID. */
export const reviewMentions = (writer: SqlConnection, draft: ReviewDraft): Reviewed =>
  writer.transaction(() => {
    const mentions = mentionsToReview(writer, draft);
    const { decision, collectionId, reviewer, note } = draft;
    const reviewId = insertReview(writer, {
      collectionId,
      reviewer,
      note,
      decision: decision.kind,
      mentions: mentions.length,
    });
    const places = new Map<string, Place & { state: State }>();
    for (const mention of mentions) {
      for (const verdict of verdictsOf(writer, mention, decision)) {
        const { documentId, start, end, entityTypeId } = verdict;
        places.set(`${documentId} ${start} ${end} ${entityTypeId}`, verdict);
      }
    }
    for (const place of places.values()) insertVerdict(writer, reviewId, place);
    for (const id of new Set(mentions.map(({ documentId }) => documentId))) {
      applyVerdicts(writer, id);
    }
    const accepted = [...places.values()].filter(({ state }) => state === 'ACCEPTED');
    const [only, ...others] = accepted;
    return { reviewId, mentionId: only && others.length === 0 ? mentionAt(writer, only) : null };
  });

/**
 * Adds a mention, or accepts the one that is there.
 *
 * Throws: DOCUMENT_UNKNOWN; ENTITY_TYPE_UNKNOWN with the row; ARGUMENT_INVALID.
 */
export const addMention = (writer: SqlConnection, added: AddedMention): Reviewed =>
  writer.transaction(() => {
    const { documentId, start, end, typeId, reviewer, note } = added;
    const row = writer.get<{ collectionId: number }>('collectionOf', { id: documentId });
    if (!row) throw appError('DOCUMENT_UNKNOWN', { id: String(documentId) });
    requireType(writer, typeId);
    const surface = surfaceAt(writer, documentId, added);
    const place = { documentId, start, end, surface, entityTypeId: typeId };
    const { collectionId } = row;
    const values = { collectionId, reviewer, note, decision: 'ADD', mentions: 1 } as const;
    const reviewId = insertReview(writer, values);
    insertVerdict(writer, reviewId, { ...place, state: 'ACCEPTED' });
    applyVerdicts(writer, documentId);
    return { reviewId, mentionId: mentionAt(writer, place) };
  });

/** Which review to undo, and who does. */
export interface UndoReview {
  readonly id: number;
  readonly reviewer: string;
}

/** Lets a review stand no more. Throws: REVIEW_UNKNOWN, REVIEW_UNDONE. */
export const undoReview = (writer: SqlConnection, { id, reviewer }: UndoReview): void =>
  writer.transaction(() => {
    const [review] = writer.all<{ undoneBy: string | null }>('findReviews', {
      ids: JSON.stringify([id]),
    });
    if (!review) throw appError('REVIEW_UNKNOWN', { id: String(id) });
    if (review.undoneBy !== null) throw appError('REVIEW_UNDONE', { by: review.undoneBy });
    writer.run('insertUndo', { id, reviewer, now: Date.now() });
    const documents = writer.all<{ id: number }>('documentsOfReview', { id });
    invariant(documents.length > 0, 'A review is about some document.');
    for (const document of documents) applyVerdicts(writer, document.id);
  });
