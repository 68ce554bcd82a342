/**
 * Which mentions a user asks for.
 */
import { appError } from '../core/errors.ts';
import { marginAt } from '../ner/calibration.ts';
import { listEntityTypes } from '../store/entity-types.ts';
import {
  listedStates,
  listMentions,
  type MentionFilter as StoredFilter,
} from '../store/mentions.ts';
import type { EntityTypeRecord, MentionRecord, MentionState } from '../store/records.ts';
import type { SearchParts } from './search-parts.ts';

/** Conditions that must all hold; what is left out holds for every mention. */
export interface MentionFilter {
  /** Names of entity types. */
  readonly types?: readonly string[] | null | undefined;
  /** Contained in the mention's text, ignoring case. */
  readonly text?: string | null | undefined;
  /** Rows of documents. */
  readonly documentIds?: readonly number[] | null | undefined;
  /** Smallest margin, on the scale of scores. */
  readonly minMargin?: number | null | undefined;
  /** Smallest confidence, 0 to 1. */
  readonly minConfidence?: number | null | undefined;
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

/**
 * The smallest margin that satisfies both bounds, -Infinity for any.
 *
 * Throws: ARGUMENT_INVALID when the model has no confidences to compare.
 */
function smallestMargin(
  { model: { calibration } }: FilteredCollection['extractor'],
  { minMargin, minConfidence }: MentionFilter,
): number {
  const bound = minMargin ?? -Infinity;
  if (typeof minConfidence !== 'number') return bound;
  if (calibration !== null) return Math.max(bound, marginAt(calibration, minConfidence));
  const rule = 'left out, because the model is not calibrated';
  throw appError('ARGUMENT_INVALID', { argument: 'minConfidence', rule, value: minConfidence });
}

/** The filter as the store takes it. Throws: ENTITY_TYPE_UNKNOWN, ARGUMENT_INVALID. */
export async function storedFilter(
  { database, collectionId, extractor }: FilteredCollection,
  filter: MentionFilter,
): Promise<StoredFilter> {
  const { types: names, text, documentIds } = filter;
  const minMargin = smallestMargin(extractor, filter);
  const types = names ? await listEntityTypes(database, collectionId) : [];
  return {
    collectionId,
    states: filter.state ?? listedStates,
    ...(names ? { typeIds: names.map((name) => typeNamed(types, name).id) } : {}),
    ...(text ? { text: { contains: text } } : {}),
    ...(documentIds ? { documentIds } : {}),
    ...(minMargin > -Infinity ? { minMargin } : {}),
  };
}

/** True when the filter leaves some mention of its collection out. */
export const isSelective = (filter: StoredFilter): boolean => {
  const { typeIds, text, documentIds, minMargin, states } = filter;
  // Rejected mentions are few: that they are left out does not make what passes few.
  const asked = states === listedStates ? undefined : states;
  return [typeIds, text, documentIds, minMargin, asked].some(
    (condition) => condition !== undefined,
  );
};

/** Up to this many mentions, what passes a filter is compared one by one. */
const maxExactMentions = 2_000;

/**
 * Every mention that passes a selective filter when they are few enough to compare each, else null:
 * an index that is asked under a narrow filter finds nothing that passes it.
 */
export async function fewMentions(
  { database }: FilteredCollection,
  filter: StoredFilter,
): Promise<readonly MentionRecord[] | null> {
  if (!isSelective(filter)) return null;
  const page = await listMentions(database, filter, { first: maxExactMentions });
  return page.hasNext ? null : page.rows;
}
