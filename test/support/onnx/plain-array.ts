/**
 * Arrays of numbers in float64, computed element by element: the slow, obvious twin of graph values.
 */

/** Numbers in rows; `at` reads one by its index on each axis. */
export interface PlainArray {
  readonly dims: readonly number[];
  readonly values: readonly number[];
  at(...index: number[]): number;
}

/** Every index of an array, last axis fastest. */
function allIndices(dims: readonly number[]): number[][] {
  return dims.reduce<number[][]>(
    (indices, size) =>
      indices.flatMap((index) => Array.from({ length: size }, (_, place) => [...index, place])),
    [[]],
  );
}

/** The array over `values`, read in rows. */
export function plainArray(dims: readonly number[], values: readonly number[]): PlainArray {
  return {
    dims,
    values,
    at: (...index) => values[index.reduce((place, i, k) => place * dims[k]! + i, 0)]!,
  };
}

/** The array whose element at each index is `element(...index)`. */
export const plain = (
  dims: readonly number[],
  element: (...index: number[]) => number,
): PlainArray =>
  plainArray(
    dims,
    allIndices(dims).map((index) => element(...index)),
  );

/** Every element changed alike. */
export const mapped = (x: PlainArray, change: (element: number) => number): PlainArray =>
  plainArray(x.dims, x.values.map(change));

/** The sum of `term(0)` to `term(count − 1)`. */
export function sumOf(count: number, term: (k: number) => number): number {
  let sum = 0;
  for (let k = 0; k < count; k += 1) sum += term(k);
  return sum;
}
