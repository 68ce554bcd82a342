/**
 * What a run tells while it goes on.
 */
import type { DevQuality } from './dev-evaluation.ts';
import type { Recipe } from './recipe.ts';
import type { StepResult, Trainer } from './trainer.ts';

/** How far a run is. */
export interface StepProgress {
  readonly kind: 'step';
  /** Counted from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Counted from 1, over all epochs. */
  readonly step: number;
  readonly steps: number;
  /** Mean since the last report. */
  readonly loss: number;
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Padding not counted; since this epoch was started or resumed. */
  readonly tokensPerSecond: number;
  /** Of training; evaluations not counted. */
  readonly secondsLeft: number;
}

/** Something that a run tells. */
export type TrainingEvent =
  | StepProgress
  /** Mentions of old types that the bundle finds in the documents to learn from. */
  | { readonly kind: 'found'; readonly mentions: number }
  | {
      readonly kind: 'evaluation';
      readonly epoch: number;
      readonly quality: DevQuality;
      readonly isBest: boolean;
    }
  | { readonly kind: 'checkpoint'; readonly step: number; readonly path: string };

/** A reader sees no more changes than this. */
const reportEveryMs = 250;

/** Sums steps up and tells when a report is due. */
export class ProgressMeter {
  readonly #run: Pick<Trainer, 'state' | 'steps' | 'epochSteps'>;
  readonly #recipe: Recipe;
  readonly #startMs = performance.now();
  #reportedMs = 0;
  #steps = 0;
  #tokens = 0;
  #losses = 0;
  #lossSum = 0;

  constructor(run: Pick<Trainer, 'state' | 'steps' | 'epochSteps'>, recipe: Recipe) {
    this.#run = run;
    this.#recipe = recipe;
  }

  /** Counts a step that was done; a report when one is due or the epoch is over. */
  add(result: StepResult): StepProgress | null {
    const nowMs = performance.now();
    this.#steps += 1;
    this.#tokens += result.tokens;
    this.#losses += 1;
    this.#lossSum += result.loss;
    const { state, steps, epochSteps } = this.#run;
    const isLast = state.epochStep === epochSteps;
    if (!isLast && nowMs - this.#reportedMs < reportEveryMs) return null;
    const seconds = (nowMs - this.#startMs) / 1000;
    const loss = this.#lossSum / this.#losses;
    this.#reportedMs = nowMs;
    this.#losses = 0;
    this.#lossSum = 0;
    return {
      kind: 'step',
      epoch: state.epoch + 1,
      epochs: this.#recipe.epochs,
      step: state.step,
      steps,
      loss,
      learningRate: result.learningRate,
      gradientNorm: result.gradientNorm,
      tokensPerSecond: this.#tokens / seconds,
      secondsLeft: ((steps - state.step) * seconds) / this.#steps,
    };
  }
}
