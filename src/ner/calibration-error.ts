/**
 * How far confidences are from the truth: the expected calibration error over predicted mentions, in
 * bins that hold equally many.
 */

/** A prediction with what came of it. */
export interface JudgedConfidence {
  readonly confidence: number;
  readonly isRight: boolean;
}

/** Bins of the figures that are published. */
const defaultBins = 15;

/**
 * The mean over bins, by their numbers of predictions, of the distance between the mean confidence and
 * the share that is right; null without predictions. With n predictions, bin k of b holds those from
 * floor(k n / b) to before floor((k + 1) n / b) in ascending order of confidence; equal confidences
 * share what is right among them, so that the order they come in does not matter.
 */
export function calibrationError(
  predictions: readonly JudgedConfidence[],
  bins: number = defaultBins,
): number | null {
  const count = predictions.length;
  if (count === 0) return null;
  const excess = cumulativeExcess(predictions.toSorted((a, b) => a.confidence - b.confidence));
  const edges = Array.from({ length: bins + 1 }, (_, bin) => Math.floor((bin * count) / bins));
  const distances = edges.slice(1).map((end, bin) => Math.abs(excess[end]! - excess[edges[bin]!]!));
  return distances.reduce((sum, distance) => sum + distance, 0) / count;
}

/** Sums of confidence - right over the first i predictions. Shapes: [n + 1]. */
function cumulativeExcess(sorted: readonly JudgedConfidence[]): Float64Array {
  const sums = new Float64Array(sorted.length + 1);
  for (let start = 0; start < sorted.length; ) {
    const { confidence } = sorted[start]!;
    let [end, right] = [start, 0];
    for (; end < sorted.length && sorted[end]!.confidence === confidence; end += 1)
      right += sorted[end]!.isRight ? 1 : 0;
    const excess = confidence - right / (end - start);
    for (let i = start; i < end; i += 1) sums[i + 1] = sums[i]! + excess;
    start = end;
  }
  return sums;
}
