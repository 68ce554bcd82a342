/**
 * What people said of a document's mentions, put into effect. The log of verdicts is the truth, and the
 * rows of mentions follow from it and from what the model and the imports say:
 *
 * - a mention has the state of the verdict that stands about its place;
 * - an accepted place that nobody else names has a mention of its own, with what it had when it was
 *   accepted; so has every place that a person named first.
 *
 * Every function here runs inside a transaction of its caller.
 */
import type { SqlConnection } from '../connection.ts';
import type { MentionSource } from '../records.ts';
import type { VerdictRecord } from '../review-records.ts';
import { humanWindow } from '../review-statements.ts';
import { surfaceForm } from '../surface-form.ts';
import { placeInText } from './place-in-text.ts';
import { putForm, removeUnusedSpans } from './spans.ts';

type Place = Pick<VerdictRecord, 'documentId' | 'start' | 'end'> & {
  readonly entityTypeId: number;
};

interface Scores {
  readonly score: number;
  readonly threshold: number;
  readonly margin: number;
}

interface PlacedMention extends Scores {
  readonly id: number;
  readonly source: MentionSource;
  readonly window: number;
}

interface HumanMention extends Scores {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly entityTypeId: number;
  readonly source: MentionSource;
}

/** Every mention of a place, the model's first. */
export const mentionsAtPlace = (
  writer: SqlConnection,
  { documentId, start, end, entityTypeId }: Place,
): PlacedMention[] =>
  writer.all<PlacedMention>('mentionsAtPlace', { documentId, start, end, entityTypeId });

const noScores: Scores = { score: 0, threshold: 0, margin: 0 };

/** What a mention of its own has by a verdict: a person's has no scores. */
const scoresOf = ({ source, score, threshold, margin }: VerdictRecord): Scores =>
  source === 'HUMAN' ? noScores : { score, threshold, margin };

/** Those of the standing verdicts by which there is a mention that neither model nor import names. */
const needed = (writer: SqlConnection, verdicts: readonly VerdictRecord[]): VerdictRecord[] =>
  verdicts.filter((verdict) => {
    const { source, state, entityTypeId } = verdict;
    if (source === 'HUMAN') return true;
    if (state === 'REJECTED' || entityTypeId === null) return false;
    const others = mentionsAtPlace(writer, { ...verdict, entityTypeId });
    return others.every(({ window }) => window === humanWindow);
  });

const keyOf = (mention: Omit<HumanMention, 'id'>): string => {
  const { start, end, entityTypeId, source, score, threshold, margin } = mention;
  return JSON.stringify([start, end, entityTypeId, source, score, threshold, margin]);
};

function insertMention(writer: SqlConnection, verdict: VerdictRecord): void {
  const { documentId, start, end, text: surface, entityTypeId, source } = verdict;
  const place = { documentId, start, end, window: humanWindow };
  const known = writer.get<{ id: number }>('findSpan', place);
  const formId = putForm(writer, surfaceForm(surface), undefined);
  const spanId =
    known?.id ?? writer.run('insertSpan', { ...place, surface, formId, vector: null }).lastId;
  const type = writer.get<{ version: number }>('versionOfType', { id: entityTypeId });
  writer.run('insertMention', {
    spanId,
    documentId,
    entityTypeId,
    typeVersion: type?.version ?? 1,
    ...scoresOf(verdict),
    source,
    concept: null,
    now: Date.now(),
  });
}

/** Gives the document the mentions that are there by people's word alone; those that stay keep their ids. */
function putHumanMentions(
  writer: SqlConnection,
  documentId: number,
  verdicts: readonly VerdictRecord[],
): void {
  const present = new Map(
    writer
      .all<HumanMention>('humanMentions', { documentId })
      .map((mention) => [keyOf(mention), mention.id]),
  );
  const wanted = new Map(
    needed(writer, verdicts).map((verdict) => {
      const { entityTypeId } = verdict;
      return [
        keyOf({ ...verdict, ...scoresOf(verdict), entityTypeId: entityTypeId ?? 0 }),
        verdict,
      ];
    }),
  );
  for (const [key, id] of present) if (!wanted.has(key)) writer.run('deleteMention', { id });
  for (const [key, verdict] of wanted) if (!present.has(key)) insertMention(writer, verdict);
}

/** Puts the verdicts about a document into effect, after its mentions or its verdicts have changed. */
export function applyVerdicts(writer: SqlConnection, documentId: number): void {
  if (!writer.get('hasVerdicts', { documentId })) return;
  const before = writer.all<{ id: number; formId: number }>('spansOfDocument', { documentId });
  const verdicts = writer.all<VerdictRecord>('standingVerdicts', { documentId });
  putHumanMentions(writer, documentId, verdicts);
  writer.run('forgetStates', { documentId });
  for (const { start, end, entityTypeId, state } of verdicts) {
    writer.run('setState', { documentId, start, end, entityTypeId, state });
  }
  removeUnusedSpans(writer, before);
}

/** A text of a document. */
export interface TextVersion {
  readonly text: string;
  readonly textHash: string;
}

/** Which document gets another text. */
export interface TextChange {
  readonly documentId: number;
  readonly to: TextVersion;
}

/**
 * Carries verdicts over to another text, where their span's text is found; the others stay in the log as
 * what was said of the text before. To be called before the text is replaced.
 */
export function carryVerdicts(writer: SqlConnection, { documentId, to }: TextChange): void {
  if (!writer.get('hasVerdicts', { documentId })) return;
  const from = writer.get<TextVersion>('textVersion', { id: documentId });
  if (!from) return;
  type Carried = { id: number; start: number; end: number; surface: string };
  const verdicts = writer.all<Carried>('verdictsToCarry', { documentId, from: from.textHash });
  for (const { id, ...span } of verdicts) {
    const place = placeInText(span, { from: from.text, to: to.text });
    if (place) writer.run('carryVerdict', { id, to: to.textHash, ...place });
  }
}

/** Removes what was said of a document, and the reviews that said nothing else. */
export function removeVerdicts(writer: SqlConnection, documentId: number): void {
  const ids = writer.all<{ id: number }>('reviewsOfDocument', { documentId });
  if (ids.length === 0) return;
  writer.run('deleteVerdicts', { documentId });
  writer.run('deleteEmptyReviews', { ids: JSON.stringify(ids.map(({ id }) => id)) });
}
