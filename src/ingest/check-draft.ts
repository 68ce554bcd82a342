/**
 * What documents and entity types must be to be taken in.
 */
import { appError } from '../core/errors.ts';
import { wrongPageStart } from '../core/page-starts.ts';
import { maxMetadataJsonChars, maxTitleChars } from '../formats/limits.ts';
import { isOffset, offsetRange } from '../ner/check-types.ts';
import type { DocumentDraft } from '../store/documents.ts';
import { checkText } from '../text/check-text.ts';

const maxIdChars = 1_000;
const maxTypeNameChars = 200;
const maxConceptChars = 1_000;
const maxDescriptionChars = 10_000;
const maxMentions = 1_000_000;
const maxPages = 100_000;
const maxReviewerChars = 200;
const maxNoteChars = 10_000;

interface LengthRule {
  readonly min: number;
  readonly max: number;
}

/** Throws: ARGUMENT_INVALID, also for a lone surrogate, which the database cannot keep. */
function checkChars(argument: string, value: string, { min, max }: LengthRule): void {
  const fits = value.trim().length >= min && value.length <= max;
  if (fits && !/\p{Surrogate}/u.test(value)) return;
  const rule = `${min} to ${max} characters of well-formed Unicode`;
  throw appError('ARGUMENT_INVALID', { argument, rule, value });
}

/** Whether a text can be cut there without cutting a character in two. */
const isBoundary = (text: string, offset: number): boolean =>
  Number.isInteger(offset) &&
  !(/[\ud800-\udbff]/.test(text.charAt(offset - 1)) && /[\udc00-\udfff]/.test(text.charAt(offset)));

/** Throws: ARGUMENT_INVALID. */
function checkMentions({ text, mentions = [] }: DocumentDraft): void {
  if (mentions.length > maxMentions) {
    const rule = `at most ${maxMentions} mentions`;
    throw appError('ARGUMENT_INVALID', { argument: 'mentions', rule, value: mentions.length });
  }
  for (const [i, { start, end, type, concept }] of mentions.entries()) {
    checkChars(`mentions.${i}.type`, type, { min: 1, max: maxTypeNameChars });
    if (concept !== undefined)
      checkChars(`mentions.${i}.concept`, concept, { min: 1, max: maxConceptChars });
    const isWithin = start >= 0 && start < end && end <= text.length;
    if (isWithin && isBoundary(text, start) && isBoundary(text, end)) continue;
    const rule = `whole characters of the text, which has ${text.length} UTF-16 code units`;
    throw appError('ARGUMENT_INVALID', { argument: `mentions.${i}`, rule, value: { start, end } });
  }
}

/** Throws: ARGUMENT_INVALID. */
function checkPageStarts({ text, pageStarts = [] }: DocumentDraft): void {
  if (pageStarts.length > maxPages) {
    const rule = `at most ${maxPages} pages`;
    throw appError('ARGUMENT_INVALID', { argument: 'pageStarts', rule, value: pageStarts.length });
  }
  const isCut = (start: number): boolean => !isBoundary(text, start);
  const wrong = wrongPageStart(pageStarts, text.length);
  const at = wrong < 0 ? pageStarts.findIndex(isCut) : wrong;
  if (at < 0) return;
  const rule = `0 for the first page, else not before the page before, and a whole character of the text, which has ${text.length} UTF-16 code units`;
  const value = pageStarts[at];
  throw appError('ARGUMENT_INVALID', { argument: `pageStarts.${at}`, rule, value });
}

/** Throws: ARGUMENT_INVALID. */
function printMetadata(metadata: NonNullable<DocumentDraft['metadata']>): string {
  try {
    return JSON.stringify(metadata);
  } catch (error) {
    const rule = 'an object that is not nested too deeply to be written as JSON';
    throw appError(
      'ARGUMENT_INVALID',
      { argument: 'metadata', rule, value: 'a deeper one' },
      error,
    );
  }
}

/**
 * Refuses a document that cannot be read or kept.
 *
 * Throws: TEXT_TOO_LONG, TEXT_EMPTY, TEXT_NOT_UNICODE, ARGUMENT_INVALID.
 */
export function checkDraft(draft: DocumentDraft, maxTextChars: number): void {
  checkText(draft.text, maxTextChars);
  const { externalId, title, metadata } = draft;
  if (externalId !== undefined) {
    checkChars('externalId', externalId, { min: 1, max: maxIdChars });
  }
  if (title !== undefined) checkChars('title', title, { min: 0, max: maxTitleChars });
  if (metadata !== undefined) {
    checkChars('metadata', printMetadata(metadata), { min: 0, max: maxMetadataJsonChars });
  }
  checkMentions(draft);
  checkPageStarts(draft);
}

/** Refuses a name that a collection cannot have. Throws: ARGUMENT_INVALID. */
export const checkCollectionName = (name: string): void =>
  checkChars('collection', name, { min: 1, max: maxTypeNameChars });

/** Refuses a name that an entity type cannot have. Throws: ARGUMENT_INVALID. */
export const checkTypeName = (name: string): void =>
  checkChars('name', name, { min: 1, max: maxTypeNameChars });

/** Refuses a description that is too long for an entity type. Throws: ARGUMENT_INVALID. */
export const checkTypeDescription = (description: string, argument = 'description'): void =>
  checkChars(argument, description, { min: 0, max: maxDescriptionChars });

/** Refuses what an entity type's offset cannot be. Throws: ARGUMENT_INVALID. */
export function checkTypeOffset(offset: number): void {
  if (isOffset(offset)) return;
  const rule = `from ${offsetRange.min} to ${offsetRange.max}`;
  throw appError('ARGUMENT_INVALID', { argument: 'offset', rule, value: offset });
}

/** Refuses a name that a reviewer cannot have. Throws: ARGUMENT_INVALID. */
export const checkReviewer = (reviewer: string): void =>
  checkChars('reviewer', reviewer, { min: 1, max: maxReviewerChars });

/** Refuses a note that a review cannot have. Throws: ARGUMENT_INVALID. */
export const checkNote = (note: string): void =>
  checkChars('note', note, { min: 0, max: maxNoteChars });
