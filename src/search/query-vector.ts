/**
 * Unit vectors to search with.
 */
import { appError } from '../core/errors.ts';
import { isFiniteVector, normalize } from '../core/vector.ts';

/** The direction between unit vectors: their mean, with length 1. */
export function meanDirection(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) {
    vector.forEach((value, i) => {
      sum[i] = (sum[i] ?? 0) + value;
    });
  }
  return normalize(sum);
}

/** How much of what is not meant is taken away. */
const negativeWeight = 0.5;

/**
 * A direction less half of another, with length 1: what is like both comes after what is like the first
 * alone. The weight is smaller than that of the first, so that the answer is never only what is unlike.
 *
 * Source: Rocchio 1971, relevance feedback.
 */
export const awayFrom = (towards: Float32Array, not: Float32Array): Float32Array =>
  normalize(towards.map((value, i) => value - negativeWeight * (not[i] ?? 0)));

/**
 * The direction of a vector that a user gave.
 *
 * Throws: VECTOR_INVALID for another length, a number that is not finite, or no direction.
 */
export function givenDirection(numbers: readonly number[], size: number): Float32Array {
  if (numbers.length !== size) {
    const rule = `have ${size} numbers, as many as the model's vectors of the space`;
    throw appError('VECTOR_INVALID', { rule, value: String(numbers.length) });
  }
  if (!isFiniteVector(numbers)) {
    const place = numbers.findIndex((value) => !Number.isFinite(value));
    const value = `${numbers[place]} at place ${place}`;
    throw appError('VECTOR_INVALID', { rule: 'have finite numbers only', value });
  }
  const largest = numbers.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  if (largest === 0) {
    throw appError('VECTOR_INVALID', { rule: 'have a number that is not 0', value: 'only zeros' });
  }
  // Scaled first: squares of very large or small numbers are not finite or 0 in float32.
  return normalize(Float32Array.from(numbers, (value) => value / largest));
}
