/**
 * BINDER's loss: each gold mention against the negatives of its window and type, and each window's
 * threshold ([CLS]) against the same negatives.
 *
 * Both come from one log-sum-exp over the negatives of each (window, type): a mention's own term is
 * log(e^lse + e^score) − score = softplus(lse − score). Source: Zhang et al. 2023; the rewrite is exact.
 */
import type { Value } from '../onnx/graph.ts';
import { reduceSum } from '../onnx/ops/broadcast.ts';
import { add, multiply, softplus, subtract } from '../onnx/ops/elementwise.ts';
import { gatherRows } from '../onnx/ops/indexing.ts';
import { reshape, slice } from '../onnx/ops/layout.ts';
import { logSumExp } from '../onnx/ops/reduction.ts';

/** Weights of the contrastive (mention) and of the threshold term. */
export interface TermWeights {
  readonly mention: number;
  readonly threshold: number;
}

/** What says which scores are negatives and which are gold. R = B·T rows, C candidates, M mentions. */
export interface LossTargets {
  /** 0 for a negative and for candidate 0 (the threshold), very negative for the rest; [R, C]. */
  readonly mask: Value;
  /** Place of each gold mention's score in the flattened scores, int64 [M]. */
  readonly gold: Value;
  /** Row of each gold mention, int64 [M]. */
  readonly goldRow: Value;
  /** Weight of each mention, summing to 1 (0 for filling), [M]. */
  readonly goldWeight: Value;
  /** Weight of each row in the threshold term, summing to 1, [R]. */
  readonly rowWeight: Value;
}

/**
 * The loss of one kind of score (start, end or span).
 *
 * Shapes: scores [R, C] → scalar.
 */
export function bindingLoss(scores: Value, targets: LossTargets, weights: TermWeights): Value {
  const negatives = logSumExp(add(scores, targets.mask), [1]);
  const threshold = reshape(slice(scores, { axis: 1, start: 0, size: 1 }), negatives.shape);
  const thresholdLoss = weighted(subtract(negatives, threshold), targets.rowWeight);
  const gold = gatherRows(reshape(scores, [`flat ${scores.name}`]), targets.gold);
  const against = gatherRows(negatives, targets.goldRow);
  const mentionLoss = weighted(softplus(subtract(against, gold)), targets.goldWeight);
  return add(multiply(mentionLoss, weights.mention), multiply(thresholdLoss, weights.threshold));
}

const weighted = (terms: Value, weights: Value): Value => reduceSum(multiply(terms, weights), [0]);
