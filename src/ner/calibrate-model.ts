/**
 * The calibration of a model on annotated corpora.
 */
import { appError } from '../core/errors.ts';
import {
  type ChosenCalibration,
  chooseCalibration,
  type JudgedCorpus,
} from './choose-calibration.ts';
import type { ModelEvaluationOptions } from './evaluate-model.ts';
import { isCorrect } from './evaluation.ts';
import type { Extractor } from './extractor.ts';
import { type PredictedDocument, predict, resolved } from './predict.ts';

/**
 * Spans are judged from this offset on: what lies below the threshold shows how sure a model is of
 * mentions that only a lower offset lets in. Units: of scores.
 */
export const judgedFrom = -6;

/** Fewer say nothing about fifteen bins. */
const minMentions = 30;

/** A corpus to calibrate on, with the types that it annotates. */
export interface CalibrationCorpus extends Omit<ModelEvaluationOptions, 'onProgress'> {
  readonly name: string;
}

/** The margins of what was predicted, each right or wrong. */
export function judgeMargins(
  name: string,
  documents: readonly PredictedDocument[],
  overlap: ModelEvaluationOptions['overlap'],
): JudgedCorpus {
  return {
    name,
    documents: resolved(documents, overlap).map(({ gold, predicted }) => {
      const isRight = isCorrect(gold);
      return predicted.map((mention) => ({ margin: mention.margin, isRight: isRight(mention) }));
    }),
  };
}

/**
 * Reads the corpora and chooses.
 *
 * Throws: ARGUMENT_INVALID when the model finds too little to learn from.
 */
export async function calibrateModel(
  model: Extractor,
  corpora: readonly CalibrationCorpus[],
  onProgress: (documentsDone: number) => void,
): Promise<ChosenCalibration> {
  const judged: JudgedCorpus[] = [];
  let done = 0;
  for (const { name, documents, types, overlap } of corpora) {
    const predictions = await predict(model, {
      documents,
      types: types.map((type) => ({ ...type, offset: judgedFrom })),
      onProgress: (inCorpus) => {
        onProgress(done + inCorpus);
        return true;
      },
    });
    done += documents.length;
    judged.push(judgeMargins(name, predictions?.documents ?? [], overlap));
  }
  const chosen = chooseCalibration(judged);
  if (chosen !== null && chosen.mentions >= minMentions) return chosen;
  throw appError('ARGUMENT_INVALID', {
    argument: 'The documents to calibrate on',
    rule: `two or more in which the model finds at least ${minMentions} mentions`,
    value: chosen?.mentions ?? 0,
  });
}
