/**
 * Surface forms by similarity: from the index as long as few are wanted; when that would cost more, all
 * forms that pass the filter are compared, where the index keeps their vectors.
 */
import type { PreparedFilter } from '../store/mention-conditions.ts';
import { formsOfMentions } from '../store/mentions.ts';
import { roundSimilarity } from './rank-similar.ts';
import { methodOf, type SearchParts, type SearchReport } from './search-parts.ts';

/**
 * From here on, comparing every form costs less than asking the index for so many; under a filter those
 * that pass are fewer than all.
 */
const maxIndexed = 4_096;
const maxIndexedFiltered = 1_024;

/** A surface form with its similarity to the query. */
export interface RankedForm {
  readonly id: number;
  readonly similarity: number;
}

/** The nearest forms, most similar first, and how they were found. */
export interface NearestForms {
  readonly forms: readonly RankedForm[];
  /** True when there are no more. */
  readonly isAll: boolean;
  readonly report: SearchReport;
}

async function askIndex(
  { meaningIndex }: SearchParts,
  query: Float32Array,
  wanted: number,
): Promise<NearestForms> {
  const { neighbors, path, scanned } = await meaningIndex.find({ vector: query, limit: wanted });
  return {
    forms: neighbors.map(({ id, similarity }) => ({ id, similarity: roundSimilarity(similarity) })),
    isAll: neighbors.length < wanted,
    report: { method: methodOf[path], scanned },
  };
}

/** Every form that passes the filter. */
async function comparePassing(
  { database, meaningIndex }: SearchParts,
  query: Float32Array,
  filter: PreparedFilter,
): Promise<NearestForms> {
  const among = await formsOfMentions(database, filter);
  const limit = Math.max(1, among.length);
  const { neighbors, path, scanned } = await meaningIndex.find({ vector: query, limit, among });
  const forms = neighbors.map(({ id, similarity }) => ({
    id,
    similarity: roundSimilarity(similarity),
  }));
  return { forms, isAll: true, report: { method: methodOf[path], scanned } };
}

/** What is asked for, and which mentions' forms are wanted. */
export interface FormQuery {
  readonly query: Float32Array;
  readonly filter: PreparedFilter;
  /** Whether the filter leaves mentions of the collection out. */
  readonly isFiltered: boolean;
}

/** Gives the nearest forms, however many: from the index, or all that pass once that costs less. */
export function formSource(parts: SearchParts, { query, filter, isFiltered }: FormQuery) {
  const most = isFiltered ? maxIndexedFiltered : maxIndexed;
  return async (wanted: number): Promise<NearestForms> =>
    wanted <= most ? askIndex(parts, query, wanted) : comparePassing(parts, query, filter);
}

/** The nearest forms that are sure to be all: the last ones may have equals that were cut off. */
export function settled({ forms, isAll }: NearestForms): readonly RankedForm[] {
  const last = forms.at(-1)?.similarity ?? 1;
  return isAll ? forms : forms.filter(({ similarity }) => similarity > last);
}

/** Forms of equal similarity together, most similar first. */
export function levels(forms: readonly RankedForm[]): RankedForm[][] {
  const groups: RankedForm[][] = [];
  for (const form of forms) {
    const last = groups.at(-1);
    if (last?.[0]?.similarity === form.similarity) last.push(form);
    else groups.push([form]);
  }
  return groups;
}
