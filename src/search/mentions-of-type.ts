/**
 * The stored mentions that a type's description calls for: its vector against the vectors of all
 * spans that were extracted for some type, kept when the score passes the type's own threshold in the
 * span's window, by more than the offset of a stored type. Spans that were never extracted have no
 * vector and cannot be found here.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EntityType } from '../core/document.ts';
import { dot } from '../core/vector.ts';
import { keepTypeVector, listEntityTypes } from '../store/entity-types.ts';
import type { EntityTypeRecord, MentionRecord } from '../store/records.ts';
import { allVectors, readTwins } from '../store/vectors.ts';
import {
  bestFirst,
  judgeSpans,
  passingLimit,
  type TypedMention,
  type TypeSearch,
} from './judge-spans.ts';
import { fewMentions, type MentionFilter, storedFilter, typeNamed } from './mention-filter.ts';
import { roundSimilarity } from './rank-similar.ts';
import {
  isAfter,
  type RankPage,
  type RankPosition,
  type SearchParts,
  type SearchReport,
} from './search-parts.ts';

/** A stored type by name, or any type by description; the filter; the page. */
export interface TypeQuery {
  readonly of: { readonly name: string } | { readonly description: string };
  readonly filter: MentionFilter;
  readonly page: RankPage;
}

/** A page of mentions of a type, best first. */
export interface TypedPage {
  readonly items: readonly TypedMention[];
  readonly hasNext: boolean;
  readonly report: SearchReport;
}

/** From here on, comparing every span costs less than asking the index for so many. */
const maxIndexed = 2_000;

/** Spans whose window and mentions are looked up at a time. */
const spansAtOnce = 200;

interface Search extends TypeSearch {
  /** Whether a span of this similarity could pass. */
  readonly couldPass: (similarity: number) => Promise<boolean>;
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
): Promise<Pick<TypeSearch, 'query' | 'offset'>> {
  if ('description' in of) {
    return { query: await vectorOf(parts, { name: '', description: of.description }), offset: 0 };
  }
  const types = await listEntityTypes(parts.database, parts.collectionId);
  const type = typeNamed(types, of.name);
  return { query: await vectorOfStored(parts, type), offset: type.offset };
}

interface Found {
  readonly mentions: readonly TypedMention[];
  /** There are more than the page holds, or no span after these could pass. */
  readonly isComplete: boolean;
}

/** Judges spans, best first, until there is one more than the page holds or none could pass. */
async function fillPage(
  parts: SearchParts,
  search: Search,
  spans: readonly RankPosition[],
): Promise<Found> {
  const { limit, after } = search.page;
  const rest = spans.filter((span) => isAfter(span, after));
  const mentions: TypedMention[] = [];
  for (let i = 0; i < rest.length; i += spansAtOnce) {
    const part = rest.slice(i, i + spansAtOnce);
    mentions.push(...(await judgeSpans(parts, search, part)));
    if (mentions.length > limit || !(await search.couldPass(part.at(-1)?.similarity ?? 1))) {
      return { mentions, isComplete: true };
    }
  }
  return { mentions, isComplete: false };
}

const toPage = (
  found: readonly TypedMention[],
  limit: number,
  report: SearchReport,
): TypedPage => ({
  items: found.slice(0, limit),
  hasNext: found.length > limit,
  report,
});

/** The vectors of the places of these mentions, or of all spans, in batches. */
async function* batches(
  { database }: SearchParts,
  mentions: readonly MentionRecord[] | null,
): AsyncGenerator<readonly { readonly id: number; readonly vector: Float32Array }[]> {
  if (mentions === null) {
    yield* allVectors(database, 'TYPE');
    return;
  }
  const spans = await readTwins(database, [...new Set(mentions.map(({ spanId }) => spanId))]);
  yield spans.flatMap(({ id, typeVector }) => (typeVector ? [{ id, vector: typeVector }] : []));
}

/** Compares the spans of these mentions, or all spans. */
async function searchExactly(
  parts: SearchParts,
  search: Search,
  mentions: readonly MentionRecord[] | null,
): Promise<TypedPage> {
  const spans: RankPosition[] = [];
  for await (const batch of batches(parts, mentions)) {
    for (const { id, vector } of batch) {
      spans.push({ id, similarity: roundSimilarity(dot(search.query, vector)) });
    }
    await nextTurn();
  }
  const found = await fillPage(parts, search, spans.sort(bestFirst));
  return toPage(found.mentions, search.page.limit, { method: 'EXACT', scanned: spans.length });
}

/** The page from the index, or null when so many are needed that comparing all is better. */
async function searchIndex(parts: SearchParts, search: Search): Promise<TypedPage | null> {
  const { limit } = search.page;
  for (let wanted = Math.max(64, 4 * limit); wanted <= maxIndexed; wanted *= 2) {
    const neighbors = await parts.typeIndex.search({ vector: search.query, limit: wanted });
    const isAll = neighbors.length < wanted;
    const last = roundSimilarity(neighbors.at(-1)?.similarity ?? 1);
    const spans = neighbors
      .map(({ id, similarity }) => ({ id, similarity: roundSimilarity(similarity) }))
      // The last ones may have equals that were cut off.
      .filter(({ similarity }) => isAll || similarity > last)
      .sort(bestFirst);
    const found = await fillPage(parts, search, spans);
    if (found.isComplete || isAll) {
      return toPage(found.mentions, limit, { method: 'INDEX', scanned: neighbors.length });
    }
  }
  return null;
}

/**
 * A page of the stored mentions of a type, most similar first, equal ones by span.
 *
 * Throws: ENTITY_TYPE_UNKNOWN.
 */
export async function findMentionsOfType(
  parts: SearchParts,
  { of, filter, page }: TypeQuery,
): Promise<TypedPage> {
  const stored = await storedFilter(parts, filter);
  const type: TypeSearch = { ...(await asked(parts, of)), filter: stored, page };
  const search: Search = { ...type, couldPass: passingLimit(parts, type) };
  const few = await fewMentions(parts, stored);
  if (few !== null) return searchExactly(parts, search, few);
  return (await searchIndex(parts, search)) ?? searchExactly(parts, search, null);
}
