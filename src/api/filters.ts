/**
 * Filters as they are asked for, checked and turned into what searches take: each argument that is out
 * of its range, and each pair that cannot both hold, is refused with its name, the rule and the value.
 */
import type {
  DateRange,
  DocumentFilter as DocumentFilterInput,
  MentionFilter as MentionFilterInput,
  MetadataFilter as MetadataFilterInput,
  NumberRange,
  StringRange,
  TextMatch,
} from '../generated/graphql.ts';
import type { MentionFilter } from '../search/mention-filter.ts';
import type { DocumentFilter } from '../store/document-filter.ts';
import {
  type MetadataFilter,
  type MetadataValue,
  maxComparedChars,
  type TimeRange,
  type ValueRange,
} from '../store/metadata-filter.ts';
import type { TextFilter } from '../store/text-filter.ts';
import { checkChars, contradictory, invalid } from './check-arguments.ts';
import { rowOf } from './global-id.ts';

const maxIds = 1_000;
const maxTextChars = 1_000;
const maxFuzzyChars = 100;
const maxEditsAllowed = 3;
const maxMetadataFilters = 20;

type Maybe<Value> = Value | null | undefined;

function checkCount(
  argument: string,
  list: Maybe<readonly unknown[]>,
  [min, max]: [number, number],
) {
  if (!list || (list.length >= min && list.length <= max)) return;
  const rule = min === 0 ? `at most ${max} values` : `${min} to ${max} values`;
  throw invalid(argument, rule, list.length);
}

/** Two limits, each in its range, in their order. Throws: ARGUMENT_INVALID, ARGUMENTS_CONTRADICT. */
function checkLimits(
  [lower, upper]: readonly [string, string],
  [min, max]: readonly [Maybe<number>, Maybe<number>],
  isInRange: { readonly rule: string; readonly test: (value: number) => boolean },
): void {
  const limits = [
    [lower, min],
    [upper, max],
  ] as const;
  for (const [name, value] of limits) {
    if (typeof value === 'number' && !isInRange.test(value)) {
      throw invalid(name, isInRange.rule, Number.isFinite(value) ? value : String(value));
    }
  }
  if (typeof min === 'number' && typeof max === 'number' && min > max) {
    throw contradictory(`${lower} and ${upper}`, 'be in this order', [min, max]);
  }
}

const finite = { rule: 'a finite number', test: Number.isFinite };
const share = { rule: 'from 0 to 1', test: (value: number) => value >= 0 && value <= 1 };

function toFuzzy(
  path: string,
  { text, maxEdits = 1 }: NonNullable<TextMatch['fuzzy']>,
): TextFilter {
  checkChars(`${path}.fuzzy.text`, text, maxFuzzyChars);
  if (!(maxEdits >= 1 && maxEdits <= maxEditsAllowed)) {
    throw invalid(`${path}.fuzzy.maxEdits`, `from 1 to ${maxEditsAllowed}`, maxEdits);
  }
  const chars = Array.from(text).length;
  if (chars > maxEdits) return { nearly: text, maxEdits };
  const names = `${path}.fuzzy.text and maxEdits`;
  throw contradictory(names, 'leave a character unchanged', { text, maxEdits });
}

function toTextFilter(path: string, match: TextMatch): TextFilter {
  const { exact, prefix, contains, fuzzy } = match;
  if (fuzzy) return toFuzzy(path, fuzzy);
  const [name = ''] = Object.keys(match);
  checkChars(`${path}.${name}`, exact ?? prefix ?? contains ?? '');
  if (typeof exact === 'string') return { equals: exact };
  return typeof prefix === 'string' ? { prefix } : { contains: contains ?? '' };
}

function checkRange(path: string, range: NumberRange | StringRange | DateRange): void {
  if (Object.values(range).every((limit) => limit === null || limit === undefined)) {
    throw invalid(path, 'a range with at least one limit', range);
  }
}

function toNumbers(path: string, { min, max }: NumberRange): ValueRange<number> {
  checkLimits([`${path}.min`, `${path}.max`], [min, max], finite);
  return { min: min ?? undefined, max: max ?? undefined };
}

/** Whether a text comes after another in the order of code points, which is that of UTF-8. */
const isAfter = (a: string, b: string): boolean =>
  Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0;

function toTexts(path: string, { min, max }: StringRange): ValueRange<string> {
  for (const [name, text] of [['min', min] as const, ['max', max] as const]) {
    if (typeof text === 'string' && text.length > maxComparedChars) {
      throw invalid(`${path}.${name}`, `at most ${maxComparedChars} characters`, text.length);
    }
  }
  if (typeof min === 'string' && typeof max === 'string' && isAfter(min, max)) {
    throw contradictory(`${path}.min and ${path}.max`, 'be in this order', [min, max]);
  }
  return { min: min ?? undefined, max: max ?? undefined };
}

function toTimes(
  [from, to]: readonly [string, string],
  since: Maybe<Date>,
  before: Maybe<Date>,
): TimeRange {
  if (since && before && since >= before) {
    throw contradictory(`${from} and ${to}`, 'be in this order', [since, before]);
  }
  return { since: since?.getTime(), before: before?.getTime() };
}

function toValues(path: string, values: readonly unknown[]): MetadataValue[] {
  checkCount(path, values, [1, maxIds]);
  return values.map((value) => {
    const isLong = typeof value === 'string' && value.length > maxComparedChars;
    if (!isLong && (value === null || ['string', 'number', 'boolean'].includes(typeof value))) {
      return value as MetadataValue;
    }
    const rule = `texts of at most ${maxComparedChars} characters, numbers, booleans and nulls`;
    throw invalid(path, rule, value);
  });
}

/** Throws: ARGUMENT_INVALID, ARGUMENTS_CONTRADICT. */
function checkMetadataFilter(path: string, filter: MetadataFilterInput): void {
  const { key, exists, equals, ...ranges } = filter;
  checkChars(`${path}.key`, key);
  const isConditional = [equals, ...Object.values(ranges)].some(
    (part) => part !== null && part !== undefined,
  );
  if (typeof exists !== 'boolean' && !isConditional) {
    throw invalid(path, 'a key with at least one condition', filter);
  }
  if (exists === false && isConditional) {
    throw contradictory(`${path}.exists`, 'be true or left out beside another condition', false);
  }
  for (const [name, range] of Object.entries(ranges)) {
    if (range) checkRange(`${path}.${name}`, range);
  }
}

function toMetadataFilter(path: string, filter: MetadataFilterInput): MetadataFilter {
  checkMetadataFilter(path, filter);
  const { key, exists, equals, number, text, date } = filter;
  const dates = [`${path}.date.since`, `${path}.date.before`] as const;
  return {
    key,
    exists: exists ?? undefined,
    equals: equals ? toValues(`${path}.equals`, equals) : undefined,
    number: number ? toNumbers(`${path}.number`, number) : undefined,
    text: text ? toTexts(`${path}.text`, text) : undefined,
    date: date ? toTimes(dates, date.since, date.before) : undefined,
  };
}

/** Throws: ARGUMENT_INVALID, ARGUMENTS_CONTRADICT. */
export function toDocumentFilter(
  path: string,
  filter: DocumentFilterInput,
): Omit<DocumentFilter, 'collectionId'> {
  const { states, externalIds, title, createdSince, createdBefore, metadata } = filter;
  checkCount(`${path}externalIds`, externalIds, [0, maxIds]);
  checkCount(`${path}metadata`, metadata, [0, maxMetadataFilters]);
  const names = [`${path}createdSince`, `${path}createdBefore`] as const;
  const created = toTimes(names, createdSince, createdBefore);
  return {
    states: states ?? undefined,
    externalIds: externalIds ?? undefined,
    title: title ? toTextFilter(`${path}title`, title) : undefined,
    created: createdSince || createdBefore ? created : undefined,
    metadata: metadata?.map((each, i) => toMetadataFilter(`${path}metadata.${i}`, each)),
  };
}

/** The row of a document's global id, whether there is such a document or not. Throws: ARGUMENT_INVALID. */
export function toDocumentRow(argument: string, id: string): number {
  const row = rowOf('Document', id);
  if (row === null) throw invalid(argument, 'a global id of a document', id);
  return row;
}

/**
 * The filter with rows for ids; documents that do not exist have no mentions.
 *
 * Throws: ARGUMENT_INVALID, ARGUMENTS_CONTRADICT.
 */
export function toMentionFilter(filter: Maybe<MentionFilterInput>): MentionFilter {
  const { types, text, textMatch, documentIds, documents, sources, conceptIds, state, ...limits } =
    filter ?? {};
  const { minMargin, maxMargin, minConfidence, maxConfidence } = limits;
  checkLimits(['minMargin', 'maxMargin'], [minMargin, maxMargin], finite);
  checkLimits(['minConfidence', 'maxConfidence'], [minConfidence, maxConfidence], share);
  checkCount('documentIds', documentIds, [0, maxIds]);
  checkCount('conceptIds', conceptIds, [0, maxIds]);
  if (text && text.length > maxTextChars) {
    throw invalid('text', `at most ${maxTextChars} characters`, text.length);
  }
  return {
    ...limits,
    types,
    text,
    sources,
    conceptIds,
    state,
    documentIds: documentIds?.map((id) => toDocumentRow('documentIds', id)),
    textMatch: textMatch ? toTextFilter('textMatch', textMatch) : undefined,
    documents: documents ? [toDocumentFilter('documents.', documents)] : undefined,
  };
}
