/**
 * Which spans are mentions of a type: those above the type's threshold in their window. A place in a
 * text that several windows have won is a span of each, with a vector and a threshold of its own; it
 * is one answer, by the window in which it scores best of those in which it passes.
 */
import { dot } from '../core/vector.ts';
import type { ModelInfo } from '../ner/extractor.ts';
import type { PreparedFilter } from '../store/mention-conditions.ts';
import { mentionsOfSpans } from '../store/mentions.ts';
import type { MentionRecord } from '../store/records.ts';
import { lowestThreshold, readTwins, type SpanRecord } from '../store/vectors.ts';
import { bestFirst } from './nearest-owners.ts';
import { roundSimilarity } from './rank-similar.ts';
import type { RankingMoment, RankPage, RankPosition, SearchParts } from './search-parts.ts';

/** A search for the mentions of a type. */
export interface TypeSearch extends RankingMoment {
  readonly filter: PreparedFilter;
  readonly page: RankPage;
}

/** A mention with its scores for the type that was asked for. */
export interface TypedMention {
  readonly spanId: number;
  readonly similarity: number;
  readonly score: number;
  readonly threshold: number;
  readonly margin: number;
  readonly mention: MentionRecord;
}

interface Scores {
  readonly score: number;
  readonly threshold: number;
  readonly margin: number;
}

interface Passing extends RankPosition {
  readonly span: SpanRecord;
  readonly scores: Scores;
}

const largestMargin = (mentions: readonly MentionRecord[]): MentionRecord | undefined =>
  mentions.reduce<MentionRecord | undefined>(
    (best, mention) => (best === undefined || mention.margin > best.margin ? mention : best),
    undefined,
  );

const placeOf = ({ documentId, start, end }: SpanRecord): string => `${documentId} ${start} ${end}`;

/** The scores of a span if it passes: none without a vector, e.g. after a change of model. */
function passing(
  { query, offset }: TypeSearch,
  span: SpanRecord,
  { logitScale, thresholdShift }: ModelInfo,
): Passing | undefined {
  if (!span.typeVector || !span.thresholdVector) return undefined;
  const similarity = roundSimilarity(dot(query, span.typeVector));
  const score = logitScale * similarity;
  const threshold = logitScale * dot(query, span.thresholdVector) + thresholdShift;
  const margin = score - threshold;
  const { id } = span;
  return margin > offset
    ? { id, similarity, span, scores: { score, threshold, margin } }
    : undefined;
}

/** The best of the spans that pass, of each place, by place. */
function bestOfPlaces(passed: readonly Passing[]): Map<string, Passing> {
  const best = new Map<string, Passing>();
  for (const each of passed.toSorted(bestFirst)) {
    const place = placeOf(each.span);
    if (!best.has(place)) best.set(place, each);
  }
  return best;
}

/** The surest mention of each place that has one that passes the filter. */
async function mentionsOfPlaces(
  { database }: SearchParts,
  twins: readonly SpanRecord[],
  filter: PreparedFilter,
): Promise<Map<string, MentionRecord>> {
  const ids = twins.map(({ id }) => id);
  const mentions = await mentionsOfSpans(database, ids, filter);
  const surest = new Map<string, MentionRecord>();
  for (const twin of twins) {
    const place = placeOf(twin);
    const known = surest.get(place);
    const mention = largestMargin([...(known ? [known] : []), ...(mentions.get(twin.id) ?? [])]);
    if (mention) surest.set(place, mention);
  }
  return surest;
}

/** Those of some spans that are the answer for their place, where a mention passes the filter. */
export async function judgeSpans(
  parts: SearchParts,
  search: TypeSearch,
  spans: readonly RankPosition[],
): Promise<TypedMention[]> {
  const ids = spans.map(({ id }) => id);
  const all = await readTwins(parts.database, ids);
  const twins = all.filter(({ id }) => id <= search.through.spans);
  const { model } = parts.extractor;
  const passed = twins.flatMap((span) => passing(search, span, model) ?? []);
  const mentions = await mentionsOfPlaces(parts, twins, search.filter);
  const answers = new Map([...bestOfPlaces(passed).values()].map((each) => [each.id, each]));
  return spans.flatMap(({ id, similarity }): TypedMention[] => {
    const answer = answers.get(id);
    const mention = answer && mentions.get(placeOf(answer.span));
    return mention ? [{ spanId: id, similarity, ...answer.scores, mention }] : [];
  });
}

/**
 * Tells whether a span of this similarity could pass in the window with the lowest threshold: a search
 * that goes through spans, best first, ends with the first that could not. The windows are looked
 * through when it is first asked.
 */
export function passingLimit(
  { database, extractor }: SearchParts,
  { query, offset }: TypeSearch,
): (similarity: number) => Promise<boolean> {
  let lowest: Promise<number | null> | undefined;
  return async (similarity) => {
    lowest ??= lowestThreshold(database, query);
    const threshold = await lowest;
    if (threshold === null) return false;
    const { logitScale, thresholdShift } = extractor.model;
    // Computed as a margin is: rounding keeps the order, so that no span that passes is passed over.
    return logitScale * similarity - (logitScale * threshold + thresholdShift) > offset;
  };
}
