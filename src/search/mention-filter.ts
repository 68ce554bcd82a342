/**
 * Which mentions a user asks for.
 */
import { appError } from '../core/errors.ts';
import { type Calibration, marginAbove, marginAt } from '../ner/calibration.ts';
import type { DocumentFilter } from '../store/document-filter.ts';
import { listEntityTypes } from '../store/entity-types.ts';
import {
  type PreparedFilter,
  prepareFilter,
  type MentionFilter as StoredFilter,
} from '../store/mention-conditions.ts';
import {
  type EntityTypeRecord,
  listedStates,
  type MentionRecord,
  type MentionState,
} from '../store/records.ts';
import type { TextFilter } from '../store/text-filter.ts';
import type { SearchParts } from './search-parts.ts';

/** Conditions that must all hold; what is left out holds for every mention. */
export interface MentionFilter {
  /** Names of entity types. */
  readonly types?: readonly string[] | null | undefined;
  /** Contained in the mention's text, ignoring case. */
  readonly text?: string | null | undefined;
  /** The mention's text. */
  readonly textMatch?: TextFilter | undefined;
  /** Rows of documents. */
  readonly documentIds?: readonly number[] | null | undefined;
  /** The mention's document passes each of these. */
  readonly documents?: readonly DocumentFilter[] | undefined;
  readonly sources?: readonly MentionRecord['source'][] | null | undefined;
  /** Ids in vocabularies: one of these is proposed for the mention. */
  readonly conceptIds?: readonly string[] | null | undefined;
  /** Limits of the margin, on the scale of scores. */
  readonly minMargin?: number | null | undefined;
  readonly maxMargin?: number | null | undefined;
  /** Limits of the confidence, 0 to 1, which only the model's mentions have. */
  readonly minConfidence?: number | null | undefined;
  readonly maxConfidence?: number | null | undefined;
  /** Left out: all but rejected ones. */
  readonly state?: readonly MentionState[] | null | undefined;
}

/** What a filter is understood with. */
export type FilteredCollection = Pick<SearchParts, 'database' | 'collectionId' | 'extractor'>;

/** The stored type of this name. Throws: ENTITY_TYPE_UNKNOWN. */
export function typeNamed(types: readonly EntityTypeRecord[], name: string): EntityTypeRecord {
  const type = types.find((each) => each.name === name);
  if (type === undefined) throw appError('ENTITY_TYPE_UNKNOWN', { name });
  return type;
}

type Margins = Pick<StoredFilter, 'minMargin' | 'belowMargin' | 'sources'>;

/** The model's calibration. Throws: ARGUMENT_INVALID when there are no confidences to compare. */
function calibrationFor(
  { model: { calibration } }: FilteredCollection['extractor'],
  { minConfidence, maxConfidence }: MentionFilter,
): Calibration {
  if (calibration !== null) return calibration;
  const [argument, value] =
    typeof minConfidence === 'number'
      ? ['minConfidence', minConfidence]
      : ['maxConfidence', maxConfidence];
  const rule = 'left out, because the model is not calibrated';
  throw appError('ARGUMENT_INVALID', { argument, rule, value });
}

const orUndefined = (margin: number): number | undefined =>
  Number.isFinite(margin) ? margin : undefined;

/**
 * Limits of confidence as limits of the margin. Where they leave some confidence out, they leave out
 * the mentions that have none.
 *
 * Throws: ARGUMENT_INVALID when the model has no confidences to compare.
 */
function marginsOfConfidence(
  extractor: FilteredCollection['extractor'],
  filter: MentionFilter,
): Margins {
  const { minConfidence, maxConfidence, sources } = filter;
  const [min, max] = [minConfidence ?? -Infinity, maxConfidence ?? Infinity];
  if (min === -Infinity && max === Infinity) return {};
  const calibration = calibrationFor(extractor, filter);
  const from = marginAt(calibration, min);
  const below = marginAbove(calibration, max);
  if (from === -Infinity && below === Infinity) return {};
  // No margin may have such a confidence: then no mention has it.
  const isEmpty = from === Infinity || below === -Infinity;
  const model = (sources ?? ['MODEL']).filter((source) => source === 'MODEL' && !isEmpty);
  return { minMargin: orUndefined(from), belowMargin: orUndefined(below), sources: model };
}

/** The stricter of two lower limits. */
const larger = (a: number | null | undefined, b: number | undefined): number | undefined =>
  typeof a === 'number' && b !== undefined ? Math.max(a, b) : (a ?? b);

/** The filter as the store takes it, looked up. Throws: ENTITY_TYPE_UNKNOWN, ARGUMENT_INVALID. */
export async function storedFilter(
  { database, collectionId, extractor }: FilteredCollection,
  filter: MentionFilter,
): Promise<PreparedFilter> {
  const { types: names, text, textMatch, documentIds, documents } = filter;
  const confidence = marginsOfConfidence(extractor, filter);
  const types = names ? await listEntityTypes(database, collectionId) : [];
  return prepareFilter(database, {
    collectionId,
    states: filter.state ?? listedStates,
    typeIds: names?.map((name) => typeNamed(types, name).id),
    text: text ? { contains: text } : undefined,
    textMatch,
    documentIds: documentIds ?? undefined,
    documents,
    conceptIds: filter.conceptIds ?? undefined,
    sources: confidence.sources ?? filter.sources ?? undefined,
    minMargin: larger(filter.minMargin, confidence.minMargin),
    maxMargin: filter.maxMargin ?? undefined,
    belowMargin: confidence.belowMargin,
  });
}
