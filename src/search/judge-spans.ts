/**
 * Which of some spans are mentions of a type, as they are answered: the surest mention of each place with
 * its scores for the type that was asked for.
 */
import type { PreparedFilter } from '../store/mention-conditions.ts';
import type { MentionRecord } from '../store/records.ts';
import { findTypedSpans, type TypeTest } from '../store/typed-spans.ts';
import { graphMicros } from '../vectors/search-cost.ts';
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

const testOf = (
  { extractor }: Pick<SearchParts, 'extractor'>,
  { query, offset }: TypeSearch,
): TypeTest => {
  const { logitScale, thresholdShift } = extractor.model;
  return { query, logitScale, thresholdShift, offset };
};

/** What a similarity must be above a threshold's product by: whatever passes is, by as much or more. */
const leastMargin = ({ logitScale, thresholdShift, offset }: TypeTest): number =>
  (offset + thresholdShift) / logitScale - similarityError;

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
  const margin = leastMargin(testOf(parts, search));
  const thresholds = await parts.database.reader.thresholdsOfSpans({
    vector: search.query,
    spanIds: spans.map(({ id }) => id),
  });
  return spans.filter(({ similarity }, i) => similarity - (thresholds[i] ?? Infinity) > margin);
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

/** What it costs to find the spans of a window that pass; and to hand one over that is near, and judge it. */
const windowMicros = 20;
const spanMicros = 10;

/**
 * The spans that pass in windows in which one of this similarity could: all that are no more similar and pass
 * are among them. Null when these windows would cost more than to ask the index for so many and judge them.
 * Cost: compares the thresholds of all windows.
 */
export function spansThatPass(
  { database: { reader }, extractor }: SearchParts,
  search: TypeSearch,
  { similarity, wanted }: { similarity: number; wanted: number },
): Promise<readonly RankPosition[] | null> {
  const otherwise = graphMicros(wanted) + wanted * spanMicros;
  return reader.spansThatPass({
    vector: search.query,
    margin: leastMargin(testOf({ extractor }, search)),
    similarity,
    mostWindows: Math.floor(otherwise / windowMicros),
  });
}
