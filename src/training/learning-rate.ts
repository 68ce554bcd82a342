/**
 * The learning rate of each step: up from 0 while warming up, then linearly down to 0.
 */
import type { Recipe } from './recipe.ts';
import type { WeightGroup } from './weight-arena.ts';

/** Share of the full rate in a step counted from 0. Invariant: above 0 in every step. */
export function rateShare(step: number, steps: number, warmupShare: number): number {
  const warmupSteps = Math.round(steps * warmupShare);
  if (step < warmupSteps) return (step + 1) / warmupSteps;
  return (steps - step) / (steps - warmupSteps);
}

/** The rates of a step counted from 0, out of `steps`. */
export function learningRates(
  step: number,
  steps: number,
  recipe: Recipe,
): Readonly<Record<WeightGroup, number>> {
  const share = rateShare(step, steps, recipe.warmupShare);
  return {
    encoder: share * recipe.learningRate,
    head: share * (recipe.headLearningRate ?? recipe.learningRate),
  };
}
