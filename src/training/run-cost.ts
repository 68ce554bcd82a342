/**
 * What a run takes: time, tokens and memory, over all the times that it was resumed.
 */
import { peakMemoryBytes } from '../telemetry/peak-memory.ts';

/** What a run took so far. */
export interface RunCost {
  /** Evaluations and checkpoints included. */
  readonly seconds: number;
  /** Of steps alone. */
  readonly stepSeconds: number;
  /** Read in steps, padding not counted. */
  readonly tokens: number;
  /** Most memory that its process had. */
  readonly peakMemoryBytes: number;
}

const nothing: RunCost = { seconds: 0, stepSeconds: 0, tokens: 0, peakMemoryBytes: 0 };

/** Adds up what a run takes, from when it is made. */
export class CostMeter {
  readonly #startMs = performance.now();
  readonly #earlier: RunCost;
  #stepSeconds = 0;
  #tokens = 0;

  /** `earlier`: what the run took before it was resumed. */
  constructor(earlier: RunCost = nothing) {
    this.#earlier = earlier;
  }

  /** Runs and counts a step. */
  async count<Step extends { readonly tokens: number }>(run: () => Promise<Step>): Promise<Step> {
    const startMs = performance.now();
    const step = await run();
    this.#stepSeconds += (performance.now() - startMs) / 1000;
    this.#tokens += step.tokens;
    return step;
  }

  get cost(): RunCost {
    const earlier = this.#earlier;
    return {
      seconds: earlier.seconds + (performance.now() - this.#startMs) / 1000,
      stepSeconds: earlier.stepSeconds + this.#stepSeconds,
      tokens: earlier.tokens + this.#tokens,
      peakMemoryBytes: Math.max(earlier.peakMemoryBytes, peakMemoryBytes()),
    };
  }
}
