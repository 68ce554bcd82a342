/**
 * How good a model is on annotated documents, and how fast it reads them.
 */
import { confidenceAt } from './calibration.ts';
import { calibrationError } from './calibration-error.ts';
import { type Evaluation, evaluate, isCorrect } from './evaluation.ts';
import type { Extractor } from './extractor.ts';
import type { OverlapPolicy } from './overlap.ts';
import { type PredictedDocument, type PredictOptions, predict, resolved } from './predict.ts';

/** What a model is evaluated on. */
export interface ModelEvaluationOptions extends PredictOptions {
  readonly overlap: OverlapPolicy;
}

/** Quality and speed. */
export interface ModelEvaluation {
  readonly quality: Evaluation;
  /**
   * Expected calibration error of the confidences; null when the model is not calibrated or found
   * nothing. Flattering on documents that it was calibrated on.
   */
  readonly calibrationError: number | null;
  readonly documents: number;
  readonly tokens: number;
  readonly seconds: number;
}

/** Evaluates by strict match; null when `onProgress` ended it. */
export async function evaluateModel(
  model: Extractor,
  { overlap, ...options }: ModelEvaluationOptions,
): Promise<ModelEvaluation | null> {
  const predictions = await predict(model, options);
  if (predictions === null) return null;
  const documents = resolved(predictions.documents, overlap);
  return {
    ...predictions,
    quality: evaluate(documents),
    calibrationError: errorOfConfidences(model, documents),
    documents: documents.length,
  };
}

function errorOfConfidences(
  { model: { calibration } }: Extractor,
  documents: readonly PredictedDocument[],
): number | null {
  if (calibration === null) return null;
  return calibrationError(
    documents.flatMap(({ gold, predicted }) => {
      const isRight = isCorrect(gold);
      return predicted.map((mention) => ({
        confidence: confidenceAt(calibration, mention.margin),
        isRight: isRight(mention),
      }));
    }),
  );
}
