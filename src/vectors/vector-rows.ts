/**
 * Vectors in the order of their labels, in blocks: they grow without being copied, and an inner
 * product needs no object of its own.
 */
import { invariant } from '../core/invariant.ts';

const rowsPerBlock = 4_096;

/** Vectors [dimensions] that are only ever added to. */
export class VectorRows {
  readonly #dimensions: number;
  readonly #blocks: Float32Array[] = [];
  #count = 0;

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
  }

  get count(): number {
    return this.#count;
  }

  /** Copies a vector behind the last one. */
  add(vector: Float32Array): void {
    invariant(vector.length === this.#dimensions, `A vector has ${this.#dimensions} numbers.`);
    const place = this.#count % rowsPerBlock;
    if (place === 0) this.#blocks.push(new Float32Array(rowsPerBlock * this.#dimensions));
    this.#blocks.at(-1)?.set(vector, place * this.#dimensions);
    this.#count += 1;
  }

  /** A vector, sharing its memory. */
  row(label: number): Float32Array {
    const begin = (label % rowsPerBlock) * this.#dimensions;
    return this.#block(label).subarray(begin, begin + this.#dimensions);
  }

  /** Inner product with a vector. Four sums: one alone would wait for each addition. */
  dot(label: number, vector: Float32Array): number {
    const block = this.#block(label);
    const size = this.#dimensions;
    const begin = (label % rowsPerBlock) * size;
    const even = size & ~3;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < even; i += 4) {
      a += block[begin + i]! * vector[i]!;
      b += block[begin + i + 1]! * vector[i + 1]!;
      c += block[begin + i + 2]! * vector[i + 2]!;
      d += block[begin + i + 3]! * vector[i + 3]!;
    }
    for (let i = even; i < size; i += 1) a += block[begin + i]! * vector[i]!;
    return a + b + (c + d);
  }

  #block(label: number): Float32Array {
    const block = this.#blocks[Math.floor(label / rowsPerBlock)];
    invariant(block !== undefined && label < this.#count, 'A label has a vector.');
    return block;
  }
}
