/**
 * The stored mentions whose meaning is nearest to something given.
 *
 * The index holds one vector for each surface form; a form stands for its mentions. A narrow filter
 * is searched exactly; under a wide one the index is asked for more and more until the page is full.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { appError } from '../core/errors.ts';
import { dot } from '../core/vector.ts';
import type { PreparedFilter } from '../store/mention-conditions.ts';
import { findMentions, mentionKeysOfForms } from '../store/mentions.ts';
import type { MentionRecord } from '../store/records.ts';
import { surfaceForm } from '../store/surface-form.ts';
import { readForms, readVectors } from '../store/vectors.ts';
import { fewMentions, isSelective, type MentionFilter, storedFilter } from './mention-filter.ts';
import { formSource, levels, type RankedForm, settled } from './nearest-forms.ts';
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

/** The query as every step needs it. */
interface Search {
  readonly query: Float32Array;
  readonly filter: PreparedFilter;
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

/** The mentions of forms of one similarity that come next, in order. */
async function mentionsOfLevel(
  { database }: SearchParts,
  { filter, distinct, excluded, page }: Search,
  level: readonly RankedForm[],
): Promise<RankedMention[]> {
  const similarity = level[0]?.similarity ?? 0;
  const { after, limit } = page;
  // A document's first mention may be on a page before this one, so documents are all looked at.
  const isWhole = distinct === 'DOCUMENT';
  if (!isWhole && after !== null && similarity > after.similarity) return [];
  const keys = await mentionKeysOfForms(database, {
    formIds: level.map(({ id }) => id),
    filter,
    without: [...excluded],
    oncePer: distinct,
    after: !isWhole && similarity === after?.similarity ? after.id : 0,
    limit: isWhole ? -1 : limit + 1,
  });
  return keys.map(({ id, documentId, surfaceFormId }) => ({
    id,
    documentId,
    formId: surfaceFormId,
    similarity,
  }));
}

/** Goes through the forms, most similar first, until there is one mention more than the page holds. */
async function fillPage(
  parts: SearchParts,
  search: Search,
  forms: readonly RankedForm[],
): Promise<readonly RankedMention[]> {
  const { after, limit } = search.page;
  const ranked: RankedMention[] = [];
  let next: readonly RankedMention[] = [];
  for (const level of levels(forms)) {
    ranked.push(...(await mentionsOfLevel(parts, search, level)));
    next = foldDistinct(ranked, search.distinct).filter((item) => isAfter(item, after));
    if (next.length > limit) break;
    await nextTurn();
  }
  return next;
}

/** Each time so many times as many forms, when those before did not fill the page. */
const widening = 4;

async function searchForms(parts: SearchParts, search: Search): Promise<SimilarPage> {
  const { limit } = search.page;
  const { query, filter } = search;
  const nearestForms = formSource(parts, { query, filter, isFiltered: isSelective(filter) });
  for (let wanted = Math.max(64, 4 * limit); ; wanted *= widening) {
    const nearest = await nearestForms(wanted);
    const ranked = await fillPage(parts, search, settled(nearest));
    if (ranked.length > limit || nearest.isAll) {
      const ids = ranked.slice(0, limit).map(({ id }) => id);
      const mentions = await findMentions(parts.database, ids);
      return toPage({ ranked, mentions }, limit, nearest.report);
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
