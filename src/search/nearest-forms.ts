/**
 * Surface forms by similarity: from the index as long as few are wanted, by comparing all of them
 * when that costs less.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { dot } from '../core/vector.ts';
import { allVectors } from '../store/vectors.ts';
import { roundSimilarity } from './rank-similar.ts';
import { methodOf, type SearchParts, type SearchReport } from './search-parts.ts';

/** From here on, comparing every form costs less than asking the index for so many. */
const maxIndexed = 4_096;

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

async function compareAll(
  { database }: SearchParts,
  query: Float32Array,
): Promise<readonly RankedForm[]> {
  const forms: RankedForm[] = [];
  for await (const batch of allVectors(database, 'MEANING')) {
    for (const { id, vector } of batch) {
      forms.push({ id, similarity: roundSimilarity(dot(query, vector)) });
    }
    await nextTurn();
  }
  return forms.sort((a, b) => b.similarity - a.similarity || a.id - b.id);
}

/** Gives the nearest forms, however many: from the index, or of all once that costs less. */
export function formSource(parts: SearchParts, query: Float32Array) {
  let all: readonly RankedForm[] | undefined;
  return async (wanted: number): Promise<NearestForms> => {
    if (wanted <= maxIndexed) return askIndex(parts, query, wanted);
    all ??= await compareAll(parts, query);
    return {
      forms: all.slice(0, wanted),
      isAll: all.length <= wanted,
      report: { method: 'EXACT', scanned: all.length },
    };
  };
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
