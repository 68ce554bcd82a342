/**
 * What offsets would cost and bring: quality as if every type had another offset, from one reading.
 */
import type { EntityType } from '../core/document.ts';
import type { ModelEvaluationOptions } from './evaluate-model.ts';
import { type Evaluation, evaluate } from './evaluation.ts';
import type { Extractor } from './extractor.ts';
import { type PredictedDocument, predict, resolved } from './predict.ts';

/** Quality at one offset. */
export interface SweptOffset {
  readonly offset: number;
  readonly quality: Evaluation;
}

/** Which offsets are tried instead of those that the types have. */
export interface SweepOptions extends ModelEvaluationOptions {
  readonly offsets: readonly [number, ...number[]];
}

const withOffset = (types: readonly EntityType[], offset: number): EntityType[] =>
  types.map((type) => ({ ...type, offset }));

const above = (documents: readonly PredictedDocument[], offset: number): PredictedDocument[] =>
  documents.map(({ gold, predicted }) => ({
    gold,
    predicted: predicted.filter(({ margin }) => margin > offset),
  }));

/**
 * Evaluates at each offset, in the order given; null when `onProgress` ended it. The same as evaluating
 * with types of that offset: reading with the lowest finds whatever the others keep.
 */
export async function sweepOffsets(
  model: Extractor,
  { offsets, overlap, ...options }: SweepOptions,
): Promise<SweptOffset[] | null> {
  const types = withOffset(options.types, Math.min(...offsets));
  const predictions = await predict(model, { ...options, types });
  if (predictions === null) return null;
  return offsets.map((offset) => {
    const quality = evaluate(resolved(above(predictions.documents, offset), overlap));
    return { offset, quality };
  });
}
