/** How answers were found, and why mentions are in them. */
import { confidenceOf } from '../ner/calibration.ts';
import type { HybridReport } from '../search/hybrid-documents.ts';
import type { PlannedPath, SearchPlan } from '../search/planner.ts';
import type { SearchReport } from '../search/search-parts.ts';
import { findSimilarMentions, type SimilarItem } from '../search/similar-mentions.ts';
import type { PreparedFilter } from '../store/mention-conditions.ts';
import type { MentionRecord, MentionState } from '../store/records.ts';
import { readSpans } from '../store/vectors.ts';
import type { ApiContext } from './context.ts';

/** How a page was found. */
export interface SearchExplanation {
  readonly path: PlannedPath | 'DATABASE';
  readonly scanned: number | (() => Promise<number>);
  readonly k: number | null;
  readonly ef: number | null;
  readonly timeMs: number;
  readonly estimatedRecall: number;
  /** Null where there was nothing to choose. */
  readonly plan: SearchPlan | null;
  readonly filter: PreparedFilter;
}

/** A page that SQL lists or counts. */
export const explainList = (
  filter: PreparedFilter,
  { scanned, timeMs }: Pick<SearchExplanation, 'scanned' | 'timeMs'>,
): SearchExplanation => ({
  path: 'SQL',
  scanned,
  k: null,
  ef: null,
  timeMs,
  estimatedRecall: 1,
  plan: null,
  filter,
});

/** A page of a ranking. */
export function explainRanking(
  { plan, report }: { readonly plan: SearchPlan; readonly report: SearchReport },
  timeMs: number,
): SearchExplanation {
  const { method, asked: k, ...found } = report;
  const path = plan.path === 'SQL' ? 'SQL' : method;
  return { ...found, path, k, timeMs, plan, filter: plan.filter };
}

/** How documents were found by their words. */
export interface TextSearchExplanation {
  readonly path: 'FULL_TEXT';
  readonly scanned: number;
  readonly timeMs: number;
  readonly estimatedRecall: number;
  readonly passing: () => Promise<number>;
}

/** Documents that have some words: how many were ranked, in what time, and what counts those that pass. */
export const explainWords = ({
  scanned,
  timeMs,
  count: passing,
}: HybridReport['text']): TextSearchExplanation => ({
  path: 'FULL_TEXT',
  scanned,
  timeMs,
  estimatedRecall: 1,
  passing,
});

/** How two rankings were found and fused. */
export interface HybridExplanation {
  readonly text: TextSearchExplanation;
  readonly similarity: SearchExplanation;
  readonly timeMs: number;
}

/** A page of two rankings fused; null where it was cut out of those of the first page. */
export const explainHybrid = (
  report: HybridReport | null,
  timeMs: number,
): HybridExplanation | null =>
  report && {
    text: explainWords(report.text),
    similarity: explainRanking(report.similarity, report.similarity.timeMs),
    timeMs,
  };

/** Why a mention is in an answer. */
export interface MentionExplanation {
  readonly mention: MentionRecord;
  /** Null where nothing was compared. */
  readonly similarity: number | null;
  readonly score: number;
  readonly threshold: number;
  readonly margin: number;
  readonly confidence: number | null;
}

/** How likely a mention is right; null when the model is not calibrated or it is not the model's. */
export const confidenceOfMention = (
  { extractor }: ApiContext,
  { source, margin }: MentionRecord,
): number | null => (source === 'MODEL' ? confidenceOf(extractor.model.calibration, margin) : null);

/** A mention by its own scores. */
export function explainMention(
  context: ApiContext,
  mention: MentionRecord,
  similarity: number | null,
): MentionExplanation {
  const { score, threshold, margin } = mention;
  const confidence = confidenceOfMention(context, mention);
  return { mention, similarity, score, threshold, margin, confidence };
}

/**
 * The mentions of the same type and in these states whose type vectors are nearest to a mention's; none
 * for one without a vector, such as an imported one.
 */
export async function nearestOfType(
  context: ApiContext,
  { id, spanId, entityTypeId, type }: MentionRecord,
  { limit, state }: { readonly limit: number; readonly state: readonly MentionState[] },
): Promise<readonly SimilarItem[]> {
  const [spans, entityType] = await Promise.all([
    readSpans(context.database, [spanId]),
    context.loaders.entityTypes.load(entityTypeId),
  ]);
  if (!spans.get(spanId)?.typeVector || !entityType) return [];
  const { collectionId } = entityType;
  const { items } = await findSimilarMentions(
    { ...context, collectionId },
    {
      to: { mentionIds: [id] },
      space: 'TYPE',
      filter: { types: [type], state },
      distinct: 'NONE',
      page: { limit, after: null },
    },
  );
  return items;
}
