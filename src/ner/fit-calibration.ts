/**
 * Calibrations fitted to predictions whose truth is known, by either of two methods.
 *
 * Source: Platt 1999 with the targets and the Newton steps of Lin, Lin and Weng 2007; pool adjacent
 *         violators, Ayer et al. 1955 and Zadrozny and Elkan 2002.
 */
import { invariant } from '../core/invariant.ts';
import type { Calibration, IsotonicCalibration, PlattCalibration } from './calibration.ts';

/** A prediction with what came of it. */
export interface JudgedMargin {
  readonly margin: number;
  readonly isRight: boolean;
}

/** The methods by name. */
export const calibrationMethods = { PLATT: fitPlatt, ISOTONIC: fitIsotonic } satisfies Record<
  Calibration['method'],
  (judged: readonly JudgedMargin[]) => Calibration
>;

const countRight = (judged: readonly JudgedMargin[]): number =>
  judged.reduce((sum, { isRight }) => sum + (isRight ? 1 : 0), 0);

/** More than enough: Newton's method ends within ten. */
const maxSteps = 100;
const smallestGain = 1e-10;

/**
 * The logistic curve of greatest likelihood. The targets are not quite 0 and 1, so that the curve stays
 * finite where right and wrong are apart.
 */
export function fitPlatt(judged: readonly JudgedMargin[]): PlattCalibration {
  invariant(judged.length > 0, 'a calibration is fitted to predictions');
  const right = countRight(judged);
  const wrong = judged.length - right;
  const targets = { right: (right + 1) / (right + 2), wrong: 1 / (wrong + 2) };
  const level = { slope: 0, intercept: Math.log((right + 1) / (wrong + 1)) };
  let [curve, loss] = [level, logLoss(judged, targets, level)];
  for (let step = 0; step < maxSteps; step += 1) {
    const next = descend(judged, targets, { curve, loss });
    if (next === null) break;
    ({ curve, loss } = next);
  }
  // Margins that mean the opposite say nothing: the curve must not fall.
  return { method: 'PLATT', ...(curve.slope > 0 ? curve : level) };
}

interface Line {
  readonly slope: number;
  readonly intercept: number;
}

/** What the curve should give for a prediction that is right, and for one that is wrong. */
interface Targets {
  readonly right: number;
  readonly wrong: number;
}

interface Fit {
  readonly curve: Line;
  readonly loss: number;
}

function logLoss(judged: readonly JudgedMargin[], targets: Targets, line: Line): number {
  let loss = 0;
  for (const { margin, isRight } of judged) {
    const logit = line.slope * margin + line.intercept;
    const target = isRight ? targets.right : targets.wrong;
    loss += Math.max(logit, 0) - target * logit + Math.log1p(Math.exp(-Math.abs(logit)));
  }
  return loss;
}

/** The direction of Newton's method. */
function newtonDirection(judged: readonly JudgedMargin[], targets: Targets, line: Line): Line {
  // A little on the diagonal keeps margins that are all alike from dividing by 0.
  let [gradientSlope, gradientIntercept, aa, ab, bb] = [0, 0, 1e-9, 0, 1e-9];
  for (const { margin, isRight } of judged) {
    const p = 1 / (1 + Math.exp(-(line.slope * margin + line.intercept)));
    const error = p - (isRight ? targets.right : targets.wrong);
    const weight = p * (1 - p);
    gradientSlope += error * margin;
    gradientIntercept += error;
    aa += weight * margin * margin;
    ab += weight * margin;
    bb += weight;
  }
  const determinant = aa * bb - ab * ab;
  return {
    slope: -(bb * gradientSlope - ab * gradientIntercept) / determinant,
    intercept: -(aa * gradientIntercept - ab * gradientSlope) / determinant,
  };
}

/** A step that lowers the loss, halved until it does; null when none does any more. */
function descend(judged: readonly JudgedMargin[], targets: Targets, from: Fit): Fit | null {
  const direction = newtonDirection(judged, targets, from.curve);
  for (let size = 1; size > smallestGain; size /= 2) {
    const curve = {
      slope: from.curve.slope + size * direction.slope,
      intercept: from.curve.intercept + size * direction.intercept,
    };
    const loss = logLoss(judged, targets, curve);
    if (loss < from.loss - smallestGain) return { curve, loss };
  }
  return null;
}

/** Neighbours in margin that share one confidence. */
interface Block {
  readonly count: number;
  readonly right: number;
  /** Sum of the margins. */
  readonly margins: number;
}

/**
 * The non-falling curve of least squared error: a point for each block of equal confidence, at the mean
 * of its margins. No confidence is nearer to 0 or 1 than so many predictions can tell.
 */
export function fitIsotonic(judged: readonly JudgedMargin[]): IsotonicCalibration {
  invariant(judged.length > 0, 'a calibration is fitted to predictions');
  const least = 1 / (judged.length + 2);
  const points = pooled(judged)
    .map(({ count, right, margins }) => ({
      margin: margins / count,
      confidence: Math.min(1 - least, Math.max(least, right / count)),
    }))
    // Means of blocks ascend, but for rounding.
    .filter(({ margin }, i, all) => i === 0 || margin > all[i - 1]!.margin);
  return {
    method: 'ISOTONIC',
    margins: points.map(({ margin }) => margin),
    confidences: points.map(({ confidence }) => confidence),
  };
}

/** The blocks, ascending in margin and in the share that is right. */
function pooled(judged: readonly JudgedMargin[]): Block[] {
  const blocks: Block[] = [];
  for (const block of byMargin(judged)) {
    let last = block;
    for (;;) {
      const previous = blocks.at(-1);
      if (!previous || previous.right * last.count < last.right * previous.count) break;
      blocks.pop();
      last = joined(previous, last);
    }
    blocks.push(last);
  }
  return blocks;
}

const joined = (a: Block, b: Block): Block => ({
  count: a.count + b.count,
  right: a.right + b.right,
  margins: a.margins + b.margins,
});

/** One block for each margin: equal margins have one confidence. */
function byMargin(judged: readonly JudgedMargin[]): Block[] {
  const blocks: Block[] = [];
  let current: number | undefined;
  for (const { margin, isRight } of judged.toSorted((a, b) => a.margin - b.margin)) {
    const block = { count: 1, right: isRight ? 1 : 0, margins: margin };
    if (margin === current) blocks.push(joined(blocks.pop()!, block));
    else blocks.push(block);
    current = margin;
  }
  return blocks;
}
