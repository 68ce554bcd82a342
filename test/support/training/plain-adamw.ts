/**
 * One AdamW step with clipping, in a loop over float64: the definition that the kernel is held to.
 */

/** Arrays of one length; the step changes weights and moments. */
export interface PlainArrays {
  readonly weights: Float64Array;
  readonly gradients: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Settings, with a learning rate for each weight. */
export interface PlainStep {
  readonly step: number;
  readonly learningRate: (place: number) => number;
  readonly weightDecay: number;
  readonly clipNorm: number;
}

/** Returns the gradient's norm before clipping. */
export function plainAdamwStep(arrays: PlainArrays, options: PlainStep): number {
  const { weights, gradients, first, second } = arrays;
  const norm = Math.sqrt(gradients.reduce((sum, g) => sum + g * g, 0));
  const scale = Math.min(1, options.clipNorm / norm);
  for (let i = 0; i < weights.length; i += 1) {
    const g = gradients[i]! * scale;
    const rate = options.learningRate(i);
    first[i] = 0.9 * first[i]! + 0.1 * g;
    second[i] = 0.999 * second[i]! + 0.001 * g * g;
    const mean = first[i]! / (1 - 0.9 ** options.step);
    const variance = second[i]! / (1 - 0.999 ** options.step);
    weights[i]! -= rate * options.weightDecay * weights[i]!;
    weights[i]! -= (rate * mean) / (Math.sqrt(variance) + 1e-8);
  }
  return norm;
}
