/**
 * The calibration that suits a model, chosen by cross-validation, and how good it is on documents that
 * it was not fitted to. Folds are of whole documents: mentions of one document are alike.
 *
 * Invariant: every confidence behind a figure of the report comes from a curve whose method and numbers
 * were chosen without the document's fold.
 */
import { type Calibration, confidenceAt, plainLogistic } from './calibration.ts';
import { calibrationError, type JudgedConfidence } from './calibration-error.ts';
import { calibrationMethods, type JudgedMargin } from './fit-calibration.ts';

/** The predictions in each document of a corpus. */
export interface JudgedCorpus {
  readonly name: string;
  readonly documents: readonly (readonly JudgedMargin[])[];
}

/** Expected calibration errors over the predicted mentions of held-out documents; null without any. */
export interface CalibrationQuality {
  readonly mentions: number;
  /** With a plain logistic of the margin. */
  readonly errorBefore: number | null;
  /** With the calibration. */
  readonly errorAfter: number | null;
}

/** A calibration, fitted to all documents, with how good such a one is. */
export interface ChosenCalibration extends CalibrationQuality {
  readonly calibration: Calibration;
  readonly perCorpus: readonly (CalibrationQuality & { readonly name: string })[];
}

/** Documents are split into so many folds, each of which is held out once. */
const foldCount = 5;

type Method = Calibration['method'];

/** The predictions of a document, in its place. */
interface PlacedDocument {
  readonly corpus: number;
  readonly judged: readonly JudgedMargin[];
}

/** Predictions that are mentions; those below the threshold only help to fit. */
const isPredicted = ({ margin }: JudgedMargin): boolean => margin > 0;

const predictionsOf = (documents: readonly PlacedDocument[]): JudgedMargin[] =>
  documents.flatMap(({ judged }) => judged);

/** Folds in which each corpus is spread evenly; documents that stand together are apart. */
function foldsOf(documents: readonly PlacedDocument[]): PlacedDocument[][] {
  const folds = Array.from({ length: foldCount }, (): PlacedDocument[] => []);
  for (const [i, document] of documents.entries()) folds[i % foldCount]!.push(document);
  return folds.filter((fold) => fold.length > 0);
}

const without = (folds: readonly PlacedDocument[][], heldOut: number): PlacedDocument[] =>
  folds.filter((_, i) => i !== heldOut).flat();

const judgedBy = (calibration: Calibration, judged: readonly JudgedMargin[]): JudgedConfidence[] =>
  judged.filter(isPredicted).map(({ margin, isRight }) => ({
    confidence: confidenceAt(calibration, margin),
    isRight,
  }));

/** Brier score: the mean square of what a confidence is off. */
const squaredError = (judged: readonly JudgedConfidence[]): number =>
  judged.reduce((sum, { confidence, isRight }) => sum + (confidence - (isRight ? 1 : 0)) ** 2, 0);

/** The method that is better on held-out folds; the simpler one where they are equal. */
function betterMethod(documents: readonly PlacedDocument[]): Method {
  const folds = foldsOf(documents);
  const errorOf = (method: Method): number =>
    folds.reduce((sum, fold, i) => {
      const rest = predictionsOf(without(folds, i));
      if (rest.length === 0) return sum;
      const fitted = calibrationMethods[method](rest);
      return sum + squaredError(judgedBy(fitted, predictionsOf(fold)));
    }, 0);
  return errorOf('ISOTONIC') < errorOf('PLATT') ? 'ISOTONIC' : 'PLATT';
}

const choose = (documents: readonly PlacedDocument[]): Calibration =>
  calibrationMethods[betterMethod(documents)](predictionsOf(documents));

/** A prediction on a held-out document, as it would be read before and after. */
interface HeldOut {
  readonly corpus: number;
  readonly before: JudgedConfidence;
  readonly after: JudgedConfidence;
}

function heldOutPredictions(documents: readonly PlacedDocument[]): HeldOut[] {
  const folds = foldsOf(documents);
  return folds.flatMap((fold, i) => {
    const rest = without(folds, i);
    const calibration = predictionsOf(rest).length === 0 ? null : choose(rest);
    if (calibration === null) return [];
    return fold.flatMap(({ corpus, judged }) => {
      const before = judgedBy(plainLogistic, judged);
      return judgedBy(calibration, judged).map((after, j) => ({
        corpus,
        before: before[j]!,
        after,
      }));
    });
  });
}

const qualityOf = (heldOut: readonly HeldOut[]): CalibrationQuality => ({
  mentions: heldOut.length,
  errorBefore: calibrationError(heldOut.map(({ before }) => before)),
  errorAfter: calibrationError(heldOut.map(({ after }) => after)),
});

/**
 * Chooses between the methods and fits the better one to all predictions; null when there are no
 * predictions to learn from. Predictions up to a margin of 0 may be among them: they show what a lower
 * threshold would bring and are in no figure.
 *
 * Cost: some sixty fits.
 */
export function chooseCalibration(corpora: readonly JudgedCorpus[]): ChosenCalibration | null {
  const documents = corpora.flatMap((corpus, index) =>
    corpus.documents.map((judged): PlacedDocument => ({ corpus: index, judged })),
  );
  if (!predictionsOf(documents).some(isPredicted)) return null;
  const heldOut = heldOutPredictions(documents);
  return {
    calibration: choose(documents),
    ...qualityOf(heldOut),
    perCorpus: corpora.map(({ name }, index) => ({
      name,
      ...qualityOf(heldOut.filter(({ corpus }) => corpus === index)),
    })),
  };
}
