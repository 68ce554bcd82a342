/**
 * One threshold for each type, learnt on the training documents: the scalar that BINDER's loss would
 * learn in the place of [CLS]'s score, with the model as it is.
 *
 * With the negatives' scores s of a window, loss(t) = mean over windows of log(e^t + sum e^s) - t, and
 * mean over gold mentions of log(1 + (e^t + sum e^s) / e^gold), half each. It is convex in t.
 */

/** The scores of one type in one window. */
export interface WindowScoresOfType {
  readonly negatives: readonly number[];
  readonly gold: readonly number[];
}

/** Windows of one type; those without a candidate near a threshold are only counted. */
export interface TypeScores {
  readonly windows: readonly WindowScoresOfType[];
  /** All of them. */
  readonly windowCount: number;
}

const logAddExp = (a: number, b: number): number =>
  Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));

/** log of the sum of e^s, and of e^t. */
const withThreshold = (threshold: number, negatives: readonly number[]): number =>
  negatives.reduce(logAddExp, threshold);

/** The loss of a threshold. */
export function thresholdLoss(threshold: number, { windows, windowCount }: TypeScores): number {
  let [rows, mentions, mentionCount] = [0, 0, 0];
  for (const { negatives, gold } of windows) {
    const sum = withThreshold(threshold, negatives);
    rows += sum - threshold;
    mentionCount += gold.length;
    for (const score of gold) mentions += logAddExp(0, sum - score);
  }
  return 0.5 * (rows / windowCount) + 0.5 * (mentions / Math.max(mentionCount, 1));
}

const searchSteps = 60;
/** A threshold that far from every score is as good as infinite. */
const margin = 10;

/** The threshold of least loss, by ternary search: the loss is convex. */
export function learnedThreshold(scores: TypeScores): number {
  const all = scores.windows.flatMap(({ negatives, gold }) => [...negatives, ...gold]);
  let low = all.reduce((a, b) => Math.min(a, b), 0) - margin;
  let high = all.reduce((a, b) => Math.max(a, b), 0) + margin;
  for (let step = 0; step < searchSteps; step += 1) {
    const third = (high - low) / 3;
    if (thresholdLoss(low + third, scores) < thresholdLoss(high - third, scores)) high -= third;
    else low += third;
  }
  return (low + high) / 2;
}
