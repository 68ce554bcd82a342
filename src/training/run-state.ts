/**
 * Where a run stands: all that a resumed run needs besides the arena's arrays, since order and random
 * numbers follow from seed, epoch and step.
 */
import type { DevQuality } from './dev-evaluation.ts';
import type { RunCost } from './run-cost.ts';

/** What a run has done. */
export interface RunState {
  /** Epochs completed. */
  readonly epoch: number;
  /** Steps completed in the epoch that is under way. */
  readonly epochStep: number;
  /** Steps completed in all. */
  readonly step: number;
  /** The best evaluation so far; its weights are kept. */
  readonly best: EpochEvaluation | null;
  /** What it took until it was saved; in checkpoints only, and not in those of older programs. */
  readonly cost?: RunCost;
}

/** Quality on dev after an epoch. */
export interface EpochEvaluation {
  /** Counted from 1; 0 before the first. */
  readonly epoch: number;
  readonly quality: DevQuality;
}

/** A run before its first step. */
export const freshRunState: RunState = { epoch: 0, epochStep: 0, step: 0, best: null };
