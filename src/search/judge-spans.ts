/**
 * Which of some spans are mentions of a type, as they are answered: the surest mention of each place with
 * its scores for the type that was asked for.
 */
import type { PreparedFilter } from '../store/mention-conditions.ts';
import type { MentionRecord } from '../store/records.ts';
import { findTypedSpans } from '../store/typed-spans.ts';
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

/** The first of some spans that are the answer for their place, where a mention passes the filter. */
export async function judgeSpans(
  { database, extractor }: SearchParts,
  { query, offset, through, filter }: TypeSearch,
  { spans, limit }: { readonly spans: readonly RankPosition[]; readonly limit: number },
): Promise<TypedMention[]> {
  const { logitScale, thresholdShift } = extractor.model;
  const answers = await findTypedSpans(database, {
    ids: spans.map(({ id }) => id),
    test: { query, logitScale, thresholdShift, offset },
    filter,
    throughSpan: through.spans,
    limit,
  });
  const similarityOf = new Map(spans.map(({ id, similarity }) => [id, similarity]));
  return answers.map(({ id: spanId, score, threshold, mention }) => ({
    spanId,
    similarity: similarityOf.get(spanId) ?? 0,
    score,
    threshold,
    margin: score - threshold,
    mention,
  }));
}

/**
 * Tells whether a span of this similarity could pass in the window with the lowest threshold: of spans
 * that come best first, none after the first that could not. Cost: reads the windows.
 */
export async function passingLimit(
  { database, extractor }: SearchParts,
  { query, offset }: TypeSearch,
): Promise<(similarity: number) => boolean> {
  const threshold = await database.reader.lowestThreshold(query);
  const { logitScale, thresholdShift } = extractor.model;
  // Computed as a margin is: rounding keeps the order, so that no span that passes is passed over.
  return (similarity) =>
    threshold !== null &&
    logitScale * similarity - (logitScale * threshold + thresholdShift) > offset;
}
