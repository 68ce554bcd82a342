/**
 * From a margin to a confidence: the share of mentions of such a margin that are right, as measured
 * on annotated documents and kept in the bundle. Only the margin is asked: an offset that moves what is
 * accepted does not change how sure the model is.
 *
 * Invariant: a confidence is from 0 to 1 for every finite margin and never falls as the margin rises.
 */

/** A logistic curve: 1 / (1 + exp(-(slope x margin + intercept))); the slope is 0 or more. */
export interface PlattCalibration {
  readonly method: 'PLATT';
  readonly slope: number;
  readonly intercept: number;
}

/** Straight lines from point to point; level before the first and behind the last. */
export interface IsotonicCalibration {
  readonly method: 'ISOTONIC';
  /** Ascending. Shapes: both [points], at least one. */
  readonly margins: readonly number[];
  /** Never falling. */
  readonly confidences: readonly number[];
}

/** How a model's margins are read as confidences. */
export type Calibration = PlattCalibration | IsotonicCalibration;

/** What margins mean before anybody has measured it. */
export const plainLogistic: PlattCalibration = { method: 'PLATT', slope: 1, intercept: 0 };

/** The curve at a margin: 0 to 1. */
export const confidenceAt = (calibration: Calibration, margin: number): number =>
  calibration.method === 'PLATT'
    ? 1 / (1 + Math.exp(-(calibration.slope * margin + calibration.intercept)))
    : interpolated(calibration, margin);

/** The confidence of a mention; null for a model that was not calibrated. */
export const confidenceOf = (calibration: Calibration | null, margin: number): number | null =>
  calibration === null ? null : confidenceAt(calibration, margin);

function interpolated({ margins, confidences }: IsotonicCalibration, margin: number): number {
  const right = firstAbove(margins, margin);
  if (right === 0) return confidences[0]!;
  const [low, from] = [confidences[right - 1]!, margins[right - 1]!];
  if (right === margins.length) return low;
  const [high, to] = [confidences[right]!, margins[right]!];
  // Rounding must not carry a value over its neighbour's: the curve would fall there.
  return Math.min(high, low + (high - low) * ((margin - from) / (to - from)));
}

/** Index of the first number above the value; the length when there is none. */
function firstAbove(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** No margin is as large: it is at most twice the model's scale. */
const maxMargin = 1e6;

/** The smallest margin that is enough; what is enough never ends as margins rise. */
function smallestMargin(isEnough: (margin: number) => boolean): number {
  if (isEnough(-maxMargin)) return -Infinity;
  if (!isEnough(maxMargin)) return Infinity;
  let [below, enough] = [-maxMargin, maxMargin];
  for (;;) {
    const middle = (below + enough) / 2;
    if (middle <= below || middle >= enough) return enough;
    if (isEnough(middle)) enough = middle;
    else below = middle;
  }
}

/**
 * The smallest margin that has a confidence, so that a filter by confidence is one by margin:
 * -Infinity when every margin has it, Infinity when none has.
 *
 * Cost: halves the range until no number is between, about 100 steps.
 */
export const marginAt = (calibration: Calibration, confidence: number): number =>
  smallestMargin((margin) => confidenceAt(calibration, margin) >= confidence);

/** The smallest margin whose confidence is larger, likewise. */
export const marginAbove = (calibration: Calibration, confidence: number): number =>
  smallestMargin((margin) => confidenceAt(calibration, margin) > confidence);
