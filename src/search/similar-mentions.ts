/**
 * The stored mentions that are nearest to something given, by meaning or by type.
 *
 * Vectors are of surface forms (MEANING) or spans (TYPE), their owners, which stand for their mentions.
 * The owners come most similar first, as many as fill the page.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { invariant } from '../core/invariant.ts';
import type { PreparedFilter } from '../store/mention-conditions.ts';
import {
  mentionKeysOf,
  microsPerOwner,
  ownersOfMentions,
  type VectorOwner,
} from '../store/mention-owners.ts';
import { findMentions, lastRows } from '../store/mentions.ts';
import type { MentionRecord } from '../store/records.ts';
import type { VectorSpace } from '../store/vectors.ts';
import { type MentionFilter, storedFilter } from './mention-filter.ts';
import { nearestOwners, partsOf, settled } from './nearest-owners.ts';
import { type PlannedPage, planSearch } from './planner.ts';
import {
  compareRanked,
  type Distinct,
  foldDistinct,
  keyOf,
  type RankedMention,
} from './rank-similar.ts';
import {
  isAfter,
  type RankingMoment,
  type RankPage,
  type RankPosition,
  type SearchParts,
} from './search-parts.ts';
import { queryDirection, type SimilarQuestion, type SimilarTo } from './similar-query.ts';

/** What to look for and which page of it. */
export interface SimilarQuery extends SimilarQuestion {
  readonly filter: MentionFilter;
  readonly distinct: Distinct;
  readonly page: RankPage;
}

/** A mention, as near as it is. */
export interface SimilarItem {
  readonly mention: MentionRecord;
  readonly similarity: number;
  /** What appears once only: the number of its form or document, or its own. */
  readonly key: number;
}

/** A page of similar mentions, best first. */
export type SimilarPage = PlannedPage<SimilarItem>;

/** The query as every step needs it. */
interface Search {
  readonly space: VectorSpace;
  readonly filter: PreparedFilter;
  readonly distinct: Distinct;
  readonly page: RankPage;
  /** So many owners are looked at first. */
  readonly firstPart: number;
  /** Mentions that are not answers: those given. */
  readonly excluded: readonly number[];
}

const ownerIn = { MEANING: 'FORM', TYPE: 'SPAN' } as const satisfies Record<
  VectorSpace,
  VectorOwner
>;

/** Enough for any page. */
const everyMention = 2 ** 31;

/** The mentions of some owners that can come next, in order. */
async function mentionsOfPart(
  { database }: SearchParts,
  { space, filter, distinct, excluded, page: { after, limit } }: Search,
  part: readonly RankPosition[],
): Promise<RankedMention[]> {
  // What appears once may have its first mention on a page before, unless its mentions are all alike.
  const isWhole = distinct === 'DOCUMENT' || (distinct === 'SURFACE_FORM' && space === 'TYPE');
  const owners = part.filter(
    ({ similarity }) => isWhole || after === null || similarity <= after.similarity,
  );
  const tied = owners.filter(({ similarity }) => similarity === after?.similarity);
  const similarityOf = new Map(owners.map(({ id, similarity }) => [id, similarity]));
  const keys = await mentionKeysOf(database, {
    owner: ownerIn[space],
    ownerIds: owners.map(({ id }) => id),
    filter,
    without: excluded,
    oncePer: distinct,
    after: isWhole || !after ? null : { ownerIds: tied.map(({ id }) => id), id: after.id },
    limit: isWhole ? everyMention : limit + 1,
  });
  return keys
    .map(({ id, documentId, surfaceFormId: formId, ownerId }) => ({
      id,
      documentId,
      formId,
      similarity: similarityOf.get(ownerId) ?? 0,
    }))
    .sort(compareRanked);
}

/** Goes through the owners, most similar first, until there is one mention more than the page holds. */
async function fillPage(
  parts: SearchParts,
  search: Search,
  owners: readonly RankPosition[],
): Promise<readonly RankedMention[]> {
  const { distinct, page, firstPart } = search;
  const ranked: RankedMention[] = [];
  let next: readonly RankedMention[] = [];
  for (const part of partsOf(owners, firstPart)) {
    ranked.push(...(await mentionsOfPart(parts, search, part)));
    next = foldDistinct(ranked, distinct).filter(
      (item) => isAfter(item, page.after) && !page.shown?.has(keyOf(item, distinct)),
    );
    if (next.length > page.limit) break;
    await nextTurn();
  }
  return next;
}

async function toItems(
  { database }: SearchParts,
  ranked: readonly RankedMention[],
  distinct: Distinct,
): Promise<SimilarItem[]> {
  const ids = ranked.map(({ id }) => id);
  const mentions = await findMentions(database, ids);
  return ranked.flatMap((item) => {
    const mention = mentions.get(item.id);
    return mention ? [{ mention, similarity: item.similarity, key: keyOf(item, distinct) }] : [];
  });
}

/** How things are now, unless the page is of an earlier moment. */
async function momentOf(parts: SearchParts, query: SimilarQuery): Promise<RankingMoment> {
  if (query.page.moment) return query.page.moment;
  const through = await lastRows(parts.database);
  return { query: await queryDirection(parts, query), offset: 0, through };
}

const givenIds = (side: SimilarTo | null | undefined): readonly number[] =>
  side && 'mentionIds' in side ? side.mentionIds : [];

/**
 * A page of the mentions most similar to something given, which is not among them: what ranks them alone.
 *
 * Throws: MENTION_UNKNOWN, ARGUMENT_INVALID, VECTOR_INVALID, ENTITY_TYPE_UNKNOWN.
 */
export async function rankSimilarMentions(
  parts: SearchParts,
  query: SimilarQuery,
): Promise<PlannedPage<RankedMention>> {
  const { to, not, space, distinct, page } = query;
  const { limit } = page;
  const stored = await storedFilter(parts, query.filter);
  const moment = await momentOf(parts, query);
  const filter = { ...stored, through: moment.through.mentions };
  const excluded = [...givenIds(to), ...givenIds(not)];
  const dimensions = moment.query.length;
  const listMicros = microsPerOwner(filter);
  const plan = await planSearch(parts, { filter, limit, dimensions, listMicros });
  const firstPart = plan.fillsPage + excluded.length + 8;
  const search: Search = { space, filter, distinct, page, firstPart, excluded };
  const passing = () => ownersOfMentions(parts.database, filter, ownerIn[space]);
  const ownerQuery = { space, query: moment.query, plan, passing };
  let answer: PlannedPage<RankedMention> | undefined;
  for await (const found of nearestOwners(parts, ownerQuery)) {
    const ranked = await fillPage(parts, search, settled(found));
    if (ranked.length <= limit && !found.isAll) continue;
    const items = ranked.slice(0, limit);
    answer = { items, hasNext: ranked.length > limit, report: found.report, plan, moment };
    break;
  }
  invariant(answer, 'The last owners are all that there are.');
  return answer;
}

/** The same with the mentions themselves. Throws: as `rankSimilarMentions`. */
export async function findSimilarMentions(
  parts: SearchParts,
  query: SimilarQuery,
): Promise<SimilarPage> {
  const page = await rankSimilarMentions(parts, query);
  return { ...page, items: await toItems(parts, page.items, query.distinct) };
}
