/**
 * Plain arithmetic on vectors and the shape check that every encoder ends with.
 */
import { invariant } from './invariant.ts';

/** Inner product. Shapes: both [n]. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * Inner products of a vector and each row of a matrix, to the last bit those of `dot`. Shapes: [rows x n],
 * [n] to [rows].
 */
export function dotRows(matrix: Float32Array, vector: Float32Array): Float64Array {
  const size = vector.length;
  const products = new Float64Array(size === 0 ? 0 : matrix.length / size);
  let row = 0;
  // Four at once: a sum waits for the number before it, four sums do not wait for one another.
  for (let from = 0; row + 4 <= products.length; row += 4, from += 4 * size) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0, at = from; i < size; i += 1, at += 1) {
      const factor = vector[i]!;
      a += factor * matrix[at]!;
      b += factor * matrix[at + size]!;
      c += factor * matrix[at + 2 * size]!;
      d += factor * matrix[at + 3 * size]!;
    }
    products[row] = a;
    products[row + 1] = b;
    products[row + 2] = c;
    products[row + 3] = d;
  }
  for (; row < products.length; row += 1) {
    products[row] = dot(vector, matrix.subarray(row * size, (row + 1) * size));
  }
  return products;
}

/**
 * A similarity as it is compared and answered: to six decimal places, because the last bits of a dot
 * product depend on the order in which an index adds up, and pages must not.
 */
export const roundSimilarity = (similarity: number): number => Math.round(similarity * 1e6) / 1e6;

/** The same direction with length 1, as a new vector. The zero vector stays zero. */
export function normalize(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  const unit = vector.slice();
  if (length > 0) for (let i = 0; i < unit.length; i += 1) unit[i] = vector[i]! / length;
  return unit;
}

/** True when no entry is NaN or infinite. */
export function isFiniteVector(vector: ArrayLike<number>): boolean {
  // Plain loops, here and above: every stored vector passes, and callbacks are ten times slower.
  for (let i = 0; i < vector.length; i += 1) if (!Number.isFinite(vector[i])) return false;
  return true;
}

/** Something with dimensions, such as a tensor. */
interface Shaped {
  readonly dims: readonly number[];
}

/**
 * Checks a tensor's dimensions against named ones, e.g. `checkShape(scores, 'B T S', { B, T, S })`.
 * The letters are defined in docs/model.md.
 */
export function checkShape(
  tensor: Shaped,
  letters: string,
  sizes: Readonly<Record<string, number>>,
): void {
  const expected = letters.split(' ').map((letter) => sizes[letter]);
  invariant(
    expected.length === tensor.dims.length &&
      expected.every((size, axis) => size === tensor.dims[axis]),
    `Shape must be [${letters}] = [${expected}], but got: [${tensor.dims}].`,
  );
}
