/**
 * The stored mentions that a type's description calls for: its vector against the vectors of all
 * spans that were extracted for some type, kept when the score passes the type's own threshold in the
 * span's window, by more than the offset of a stored type. Spans that were never extracted have no
 * vector and cannot be found here.
 */
import type { EntityType } from '../core/document.ts';
import { invariant } from '../core/invariant.ts';
import { keepTypeVector, listEntityTypes } from '../store/entity-types.ts';
import { microsPerPlace, placesOfMentions } from '../store/mention-owners.ts';
import { lastRows } from '../store/mentions.ts';
import type { EntityTypeRecord } from '../store/records.ts';
import { judgeSpans, spansThatPass, type TypedMention, type TypeSearch } from './judge-spans.ts';
import { type MentionFilter, storedFilter, typeNamed } from './mention-filter.ts';
import { type NearestOwners, nearestOwners, settled } from './nearest-owners.ts';
import { type PlannedPage, planSearch } from './planner.ts';
import {
  isAfter,
  type RankingMoment,
  type RankPage,
  type RankPosition,
  type SearchParts,
} from './search-parts.ts';

/** A stored type by name, or any type by description; the filter; the page. */
export interface TypeQuery {
  readonly of: { readonly name: string } | { readonly description: string };
  readonly filter: MentionFilter;
  readonly page: RankPage;
}

/** A page of mentions of a type, best first. */
export type TypedPage = PlannedPage<TypedMention>;

/** So many spans, and twice as many as should fill the page, are judged without a look at all thresholds. */
const judgedOutright = 64;

interface Search extends TypeSearch {
  /** How many spans are judged as they come. */
  readonly outright: number;
}

async function vectorOfStored(
  { database, extractor }: SearchParts,
  type: EntityTypeRecord,
): Promise<Float32Array> {
  if (type.vector !== null) return type.vector;
  const vector = await vectorOf({ extractor }, type);
  await keepTypeVector(database, type, vector);
  return vector;
}

async function vectorOf(
  { extractor }: Pick<SearchParts, 'extractor'>,
  type: EntityType,
): Promise<Float32Array> {
  const [vector] = await extractor.encodeTypes([type]);
  return vector ?? new Float32Array(extractor.model.embeddingSize);
}

/** Throws: ENTITY_TYPE_UNKNOWN. */
async function asked(
  parts: SearchParts,
  of: TypeQuery['of'],
): Promise<Pick<RankingMoment, 'query' | 'offset'>> {
  if ('description' in of) {
    return { query: await vectorOf(parts, { name: '', description: of.description }), offset: 0 };
  }
  const types = await listEntityTypes(parts.database, parts.collectionId);
  const type = typeNamed(types, of.name);
  return { query: await vectorOfStored(parts, type), offset: type.offset };
}

/** Most similar first, equal ones by span. */
const bestMentionFirst = (a: TypedMention, b: TypedMention): number =>
  b.similarity - a.similarity || a.spanId - b.spanId;

interface Judged {
  readonly mentions: readonly TypedMention[];
  /** There are more than the page holds, or no others that pass. */
  readonly isComplete: boolean;
}

/**
 * Judges the nearest spans, best first, until there is one more than the page holds. Where they are too few,
 * all others that pass may be found by the few windows whose thresholds are low enough for them.
 */
async function fillPage(parts: SearchParts, search: Search, found: NearestOwners): Promise<Judged> {
  const { limit, after, shown } = search.page;
  const nearest = settled(found);
  const isNext = (span: RankPosition) => isAfter(span, after) && !shown?.has(span.id);
  const judge = (spans: readonly RankPosition[]) =>
    judgeSpans(parts, search, { spans, limit: limit + 1, outright: search.outright });
  const mentions = await judge(nearest.filter(isNext));
  if (mentions.length > limit || found.isAll) return { mentions, isComplete: true };
  const similarity = found.owners.at(-1)?.similarity ?? 1;
  const passing = await spansThatPass(parts, search, { similarity, wanted: found.wantedNext });
  if (!passing) return { mentions, isComplete: false };
  const judged = new Set(nearest.map(({ id }) => id));
  const others = passing.filter((span) => isNext(span) && !judged.has(span.id));
  mentions.push(...(await judge(others)));
  return { mentions: mentions.sort(bestMentionFirst), isComplete: true };
}

/** How things are now, unless the page is of an earlier moment. Throws: ENTITY_TYPE_UNKNOWN. */
async function momentOf(parts: SearchParts, { of, page }: TypeQuery): Promise<RankingMoment> {
  if (page.moment) return page.moment;
  const through = await lastRows(parts.database);
  return { ...(await asked(parts, of)), through };
}

/**
 * A page of the stored mentions of a type, most similar first, equal ones by span.
 *
 * Throws: ENTITY_TYPE_UNKNOWN.
 */
export async function findMentionsOfType(
  parts: SearchParts,
  typeQuery: TypeQuery,
): Promise<TypedPage> {
  const { page } = typeQuery;
  const { limit } = page;
  const stored = await storedFilter(parts, typeQuery.filter);
  const moment = await momentOf(parts, typeQuery);
  const { query } = moment;
  const filter = { ...stored, through: moment.through.mentions };
  const plan = await planSearch(parts, {
    filter,
    limit,
    dimensions: query.length,
    listMicros: microsPerPlace,
  });
  const outright = Math.max(judgedOutright, 2 * plan.fillsPage);
  const search: Search = { ...moment, filter, page, outright };
  const passing = () => placesOfMentions(parts.database, filter);
  let answer: TypedPage | undefined;
  for await (const found of nearestOwners(parts, { space: 'TYPE', query, plan, passing })) {
    const { mentions, isComplete } = await fillPage(parts, search, found);
    if (!isComplete) continue;
    const items = mentions.slice(0, limit);
    answer = { items, hasNext: mentions.length > limit, report: found.report, plan, moment };
    break;
  }
  invariant(answer, 'The last spans are all that there are.');
  return answer;
}
