/**
 * Gradients by central differences and AdamW in loops, over float64: the slow, obvious trainer.
 */
import type { PlainWeight, PlainWeights } from './plain-encoder.ts';

/** Settings of AdamW. */
export interface PlainOptimizer {
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weight_decay: number;
  readonly clip_norm: number;
}

const step = 1e-5;

const zerosLike = (weights: PlainWeights): Map<string, PlainWeight> =>
  new Map(
    [...weights].map(([name, { dims, data }]) => [
      name,
      { dims, data: new Float64Array(data.length) },
    ]),
  );

/** The slope of `loss` in every weight; `weights` is the same afterwards. */
export function plainGradients(weights: PlainWeights, loss: () => number): PlainWeights {
  const gradients = zerosLike(weights);
  for (const [name, { data }] of weights) {
    for (const [k, value] of data.entries()) {
      data[k] = value + step;
      const above = loss();
      data[k] = value - step;
      const below = loss();
      data[k] = value;
      gradients.get(name)!.data[k] = (above - below) / (2 * step);
    }
  }
  return gradients;
}

/** Changes weights by AdamW with clipping, step by step. */
export class PlainAdamw {
  readonly #options: PlainOptimizer;
  readonly #first: PlainWeights;
  readonly #second: PlainWeights;
  #steps = 0;

  constructor(weights: PlainWeights, options: PlainOptimizer) {
    this.#options = options;
    this.#first = zerosLike(weights);
    this.#second = zerosLike(weights);
  }

  step(weights: PlainWeights, gradients: PlainWeights): void {
    const { lr, betas, eps, weight_decay: decay, clip_norm: clip } = this.#options;
    this.#steps += 1;
    const norm = Math.hypot(...[...gradients.values()].map(({ data }) => Math.hypot(...data)));
    const scale = Math.min(1, clip / norm);
    for (const [name, { data }] of weights) {
      const [m, v] = [this.#first.get(name)!.data, this.#second.get(name)!.data];
      for (const k of data.keys()) {
        const gradient = gradients.get(name)!.data[k]! * scale;
        m[k] = betas[0] * m[k]! + (1 - betas[0]) * gradient;
        v[k] = betas[1] * v[k]! + (1 - betas[1]) * gradient ** 2;
        const mean = m[k] / (1 - betas[0] ** this.#steps);
        const spread = Math.sqrt(v[k] / (1 - betas[1] ** this.#steps));
        data[k] = data[k]! * (1 - lr * decay) - (lr * mean) / (spread + eps);
      }
    }
  }
}
