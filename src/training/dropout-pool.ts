/**
 * The random masks of dropout: one long pool an epoch, and for every step and place in the graph an
 * offset at which that place reads its mask. Both depend on (seed, epoch, step) alone, so that a
 * resumed run drops out what the uninterrupted one would have.
 */
import type { Tensors } from '../onnx/session.ts';
import { tensor } from '../onnx/tensor.ts';
import { createRandom, purposes } from './random.ts';

/** What is dropped, and where. */
export interface DropoutOptions {
  /** Share of elements that become 0; the others are scaled up so that the mean stays. */
  readonly rate: number;
  readonly seed: number;
  /** Number of places in the graph. */
  readonly sites: number;
  /** Elements of the largest place. */
  readonly longestSite: number;
}

/** Offsets to choose from; more make it rarer that two places share a stretch of the pool. */
const offsetCount = 1 << 20;

/** Makes the masks. */
export class DropoutPool {
  readonly #options: DropoutOptions;
  readonly #pool: Float32Array;
  readonly #offsets: BigInt64Array;
  #epoch = -1;

  constructor(options: DropoutOptions) {
    this.#options = options;
    this.#pool = new Float32Array(options.longestSite + offsetCount);
    this.#offsets = new BigInt64Array(options.sites);
  }

  /** The masks of a step, valid until the next call. Steps are counted within their epoch. */
  feeds(epoch: number, step: number): Tensors {
    const { seed, sites } = this.#options;
    if (sites === 0) return {};
    if (epoch !== this.#epoch) this.#draw(epoch);
    const random = createRandom(seed, purposes.dropoutOffsets, epoch, step);
    for (let site = 0; site < sites; site += 1)
      this.#offsets[site] = BigInt(random.below(offsetCount));
    return {
      dropout_pool: tensor('float32', [this.#pool.length], this.#pool),
      dropout_offsets: tensor('int64', [sites], this.#offsets),
    };
  }

  #draw(epoch: number): void {
    const { rate, seed } = this.#options;
    const random = createRandom(seed, purposes.dropoutPool, epoch);
    const kept = 1 / (1 - rate);
    for (let i = 0; i < this.#pool.length; i += 1)
      this.#pool[i] = random.uniform() < rate ? 0 : kept;
    this.#epoch = epoch;
  }
}
