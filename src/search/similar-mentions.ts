/**
 * The stored mentions whose meaning is nearest to something given.
 *
 * The index holds one vector for each surface form; a form stands for its mentions. A narrow filter
 * is searched exactly; under a wide one the index is asked for more and more until the page is full.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { appError } from '../core/errors.ts';
import { dot } from '../core/vector.ts';
import {
  findMentions,
  mentionsOfForms,
  type MentionFilter as StoredFilter,
} from '../store/mentions.ts';
import type { MentionRecord } from '../store/records.ts';
import { surfaceForm } from '../store/surface-form.ts';
import { allVectors, readForms, readVectors } from '../store/vectors.ts';
import { fewMentions, type MentionFilter, storedFilter } from './mention-filter.ts';
import { givenDirection, meanDirection } from './query-vector.ts';
import {
  compareRanked,
  type Distinct,
  foldDistinct,
  type RankedMention,
  roundSimilarity,
} from './rank-similar.ts';
import { isAfter, type RankPage, type SearchParts, type SearchReport } from './search-parts.ts';

/** What mentions are compared with: one of the three. */
export type SimilarTo =
  | { readonly mentionIds: readonly number[] }
  | { readonly text: string }
  | { readonly vector: readonly number[] };

/** What to look for and which page of it. */
export interface SimilarQuery {
  readonly to: SimilarTo;
  readonly filter: MentionFilter;
  readonly distinct: Distinct;
  readonly page: RankPage;
}

/** A page of similar mentions, best first. */
export interface SimilarPage {
  readonly items: readonly { readonly mention: MentionRecord; readonly similarity: number }[];
  readonly hasNext: boolean;
  readonly report: SearchReport;
}

/** From here on, comparing every form costs less than asking the index for so many. */
const maxIndexed = 4_096;

/** A surface form with its similarity to the query. */
interface RankedForm {
  readonly id: number;
  readonly similarity: number;
}

/** The query as every step needs it. */
interface Search {
  readonly query: Float32Array;
  readonly filter: StoredFilter;
  readonly distinct: Distinct;
  readonly page: RankPage;
  /** Mentions that are not answers: those given. */
  readonly excluded: ReadonlySet<number>;
}

interface Ranking {
  readonly ranked: readonly RankedMention[];
  readonly mentions: ReadonlyMap<number, MentionRecord>;
}

/** Throws: MENTION_UNKNOWN with the mention's row. */
async function directionOfMentions(
  { database, extractor }: SearchParts,
  ids: readonly number[],
): Promise<Float32Array> {
  const mentions = await findMentions(database, ids);
  const missing = ids.find((id) => !mentions.has(id));
  if (missing !== undefined) throw appError('MENTION_UNKNOWN', { id: String(missing) });
  const forms = await readForms(
    database,
    [...mentions.values()].map((mention) => mention.surfaceFormId),
  );
  // A form without a vector is one whose model has changed: it is encoded again here.
  const texts = [...forms.values()].filter((form) => form.vector === null).map(({ text }) => text);
  const encoded = new Map(
    (await extractor.encodeMeanings(texts)).map((vector, i) => [texts[i], vector]),
  );
  const vectorOf = (mention: MentionRecord): Float32Array[] => {
    const form = forms.get(mention.surfaceFormId);
    const vector = form?.vector ?? encoded.get(form?.text);
    return vector ? [vector] : [];
  };
  return meanDirection([...mentions.values()].flatMap(vectorOf));
}

async function queryVector(parts: SearchParts, to: SimilarTo): Promise<Float32Array> {
  if ('mentionIds' in to) return directionOfMentions(parts, to.mentionIds);
  if ('vector' in to) return givenDirection(to.vector, parts.extractor.model.meaningSize);
  const [vector] = await parts.extractor.encodeMeanings([surfaceForm(to.text)]);
  return vector ?? new Float32Array(parts.extractor.model.meaningSize);
}

function rank(
  mentions: Iterable<MentionRecord>,
  similarityOf: ReadonlyMap<number, number>,
  search: Search,
): Ranking {
  const kept = [...mentions].filter(({ id }) => !search.excluded.has(id));
  const ranked = kept
    .flatMap(({ id, documentId, surfaceFormId: formId }): RankedMention[] => {
      const similarity = similarityOf.get(formId);
      return similarity === undefined ? [] : [{ id, documentId, formId, similarity }];
    })
    .sort(compareRanked);
  return {
    ranked: foldDistinct(ranked, search.distinct).filter((item) =>
      isAfter(item, search.page.after),
    ),
    mentions: new Map(kept.map((mention) => [mention.id, mention])),
  };
}

function toPage({ ranked, mentions }: Ranking, limit: number, report: SearchReport): SimilarPage {
  const items = ranked.slice(0, limit).flatMap(({ id, similarity }) => {
    const mention = mentions.get(id);
    return mention === undefined ? [] : [{ mention, similarity }];
  });
  return { items, hasNext: ranked.length > limit, report };
}

/** Compares with every mention given. */
async function searchExactly(
  { database }: SearchParts,
  search: Search,
  mentions: readonly MentionRecord[],
): Promise<SimilarPage> {
  const formIds = [...new Set(mentions.map((mention) => mention.surfaceFormId))];
  const vectors = await readVectors(database, 'MEANING', formIds);
  const similarityOf = new Map(
    vectors.map(({ id, vector }) => [id, roundSimilarity(dot(search.query, vector))]),
  );
  const report = { method: 'EXACT', scanned: vectors.length } as const;
  return toPage(rank(mentions, similarityOf, search), search.page.limit, report);
}

/** The nearest forms, most similar first, and how they were found. */
interface NearestForms {
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
  const neighbors = await meaningIndex.search({ vector: query, limit: wanted });
  return {
    forms: neighbors.map(({ id, similarity }) => ({ id, similarity: roundSimilarity(similarity) })),
    isAll: neighbors.length < wanted,
    report: { method: 'INDEX', scanned: neighbors.length },
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
function formSource(parts: SearchParts, query: Float32Array) {
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
function settled({ forms, isAll }: NearestForms): readonly RankedForm[] {
  const last = forms.at(-1)?.similarity ?? 1;
  return isAll ? forms : forms.filter(({ similarity }) => similarity > last);
}

async function searchForms(parts: SearchParts, search: Search): Promise<SimilarPage> {
  const { limit } = search.page;
  const nearestForms = formSource(parts, search.query);
  for (let wanted = Math.max(64, 4 * limit); ; wanted *= 2) {
    const nearest = await nearestForms(wanted);
    const similarityOf = new Map(settled(nearest).map(({ id, similarity }) => [id, similarity]));
    const groups = await mentionsOfForms(parts.database, [...similarityOf.keys()], search.filter);
    const ranking = rank([...groups.values()].flat(), similarityOf, search);
    if (ranking.ranked.length > limit || nearest.isAll) {
      return toPage(ranking, limit, nearest.report);
    }
  }
}

/**
 * A page of the mentions most similar to something given, which is not among them.
 *
 * Throws: MENTION_UNKNOWN, VECTOR_INVALID, ENTITY_TYPE_UNKNOWN.
 */
export async function findSimilarMentions(
  parts: SearchParts,
  { to, filter, distinct, page }: SimilarQuery,
): Promise<SimilarPage> {
  const stored = await storedFilter(parts, filter);
  const search: Search = {
    query: await queryVector(parts, to),
    filter: stored,
    distinct,
    page,
    excluded: new Set('mentionIds' in to ? to.mentionIds : []),
  };
  const few = await fewMentions(parts, stored);
  return few === null ? searchForms(parts, search) : searchExactly(parts, search, few);
}
