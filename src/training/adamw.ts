/**
 * AdamW with clipping of the whole gradient's norm.
 * Source: Loshchilov & Hutter 2019; bias correction as in Kingma & Ba 2015.
 */
import type { WeightArena, WeightGroup } from './weight-arena.ts';

/** What a step needs to know. */
export interface AdamwStep {
  /** Counted from 1. */
  readonly step: number;
  readonly learningRates: Readonly<Record<WeightGroup, number>>;
  readonly weightDecay: number;
  /** Longest gradient; longer ones are scaled down to it. */
  readonly clipNorm: number;
  /** Added to the root of the second moment. Default: 1e-8. */
  readonly epsilon?: number;
}

const defaultEpsilon = 1e-8;

/**
 * Changes the weights of the arena by its gradients. Returns the gradient's norm before clipping;
 * when that is no number nothing is changed.
 *
 * Cost: 2 ns a weight.
 */
export function adamwStep({ kernel, groups }: WeightArena, options: AdamwStep): number {
  const { epsilon = defaultEpsilon } = options;
  const ranges = Object.values(groups);
  const squares = ranges.reduce((sum, range) => sum + kernel.gradientSquares(range), 0);
  const norm = Math.sqrt(squares);
  if (!Number.isFinite(norm)) return norm;
  const firstShare = 1 - kernel.decay.first ** options.step;
  const secondShare = Math.sqrt(1 - kernel.decay.second ** options.step);
  for (const [group, range] of Object.entries(groups)) {
    const learningRate = options.learningRates[group as WeightGroup];
    kernel.update(range, {
      scale: norm > options.clipNorm ? options.clipNorm / norm : 1,
      keep: 1 - learningRate * options.weightDecay,
      // m/(1−β₁ᵗ) / (√(v/(1−β₂ᵗ)) + ε), with both corrections taken out of the loop.
      rate: (learningRate * secondShare) / firstShare,
      epsilon: epsilon * secondShare,
    });
  }
  return norm;
}
