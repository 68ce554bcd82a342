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

/**
 * The direction of a vector that a user gave.
 *
 * Throws: VECTOR_INVALID for another length, a number that is not finite, or no direction.
 */
export function givenDirection(numbers: readonly number[], size: number): Float32Array {
  if (numbers.length !== size) {
    const rule = `have ${size} numbers, as many as the model's meaning vectors`;
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
