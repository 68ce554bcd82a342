/**
 * Which of some spans are mentions of a type, as they are answered: the surest mention of each place with
 * its scores for the type that was asked for.
 */
import type { PreparedFilter } from '../store/mention-conditions.ts';
import type { MentionRecord } from '../store/records.ts';
import { findTypedSpans, type TypeTest, typedSpansOfWindows } from '../store/typed-spans.ts';
import type { WindowThreshold } from '../store/window-thresholds.ts';
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

/** Which spans to judge, best first, and how many answers are wanted. */
interface Judging {
  readonly spans: readonly RankPosition[];
  readonly limit: number;
}

/** An index may give another last decimal place than the stored vectors do (`roundSimilarity`). */
const similarityError = 2e-6;

const testOf = ({ extractor }: SearchParts, { query, offset }: TypeSearch): TypeTest => {
  const { logitScale, thresholdShift } = extractor.model;
  return { query, logitScale, thresholdShift, offset };
};

/** Whether a span of this similarity may pass in a window of this threshold: always, when it does. */
const mayPass = (
  { logitScale, thresholdShift, offset }: TypeTest,
  similarity: number,
  threshold: number,
): boolean =>
  logitScale * (similarity + similarityError) - (logitScale * threshold + thresholdShift) > offset;

async function judge(
  parts: SearchParts,
  search: TypeSearch,
  { spans, limit }: Judging,
): Promise<TypedMention[]> {
  if (spans.length === 0) return [];
  const answers = await findTypedSpans(parts.database, {
    ids: spans.map(({ id }) => id),
    test: testOf(parts, search),
    filter: search.filter,
    throughSpan: search.through.spans,
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

/** Those of some spans that may pass in their windows. */
async function mayPassOf(
  parts: SearchParts,
  search: TypeSearch,
  spans: readonly RankPosition[],
): Promise<RankPosition[]> {
  const test = testOf(parts, search);
  const thresholds = await parts.database.reader.thresholdsOfSpans({
    vector: test.query,
    spanIds: spans.map(({ id }) => id),
  });
  return spans.filter(({ similarity }, i) => mayPass(test, similarity, thresholds[i] ?? Infinity));
}

/**
 * The first of some spans that are the answer for their place, where a mention passes the filter. Those first
 * in line are judged as they come; of the others, those that cannot pass are left out before.
 */
export async function judgeSpans(
  parts: SearchParts,
  search: TypeSearch,
  { spans, limit, outright }: Judging & { readonly outright: number },
): Promise<TypedMention[]> {
  const first = await judge(parts, search, { spans: spans.slice(0, outright), limit });
  if (first.length === limit || spans.length <= outright) return first;
  const others = await mayPassOf(parts, search, spans.slice(outright));
  const more = await judge(parts, search, { spans: others, limit: limit - first.length });
  return [...first, ...more];
}

/** The spans of more windows than these are not looked at one by one. */
const mostWindows = 100;

/** The windows with the lowest thresholds. Cost: reads all windows. */
export const lowestWindows = (
  { database: { reader } }: SearchParts,
  { query: vector }: TypeSearch,
): Promise<readonly WindowThreshold[]> => reader.lowestThresholds({ vector, limit: mostWindows });

/**
 * The spans that pass in windows in which one of this similarity could: all that are no more similar and pass
 * are among them. Null when there are more such windows than were looked up.
 */
export async function spansThatPass(
  parts: SearchParts,
  search: TypeSearch,
  { lowest, similarity }: { lowest: readonly WindowThreshold[]; similarity: number },
): Promise<RankPosition[] | null> {
  const test = testOf(parts, search);
  const windows = lowest.filter(({ threshold }) => mayPass(test, similarity, threshold));
  if (windows.length === mostWindows) return null;
  const windowIds = windows.map(({ id }) => id);
  return windows.length === 0 ? [] : typedSpansOfWindows(parts.database, { windowIds, test });
}
