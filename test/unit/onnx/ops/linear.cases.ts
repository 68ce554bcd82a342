import { linear, matrixProduct } from '../../../../src/onnx/ops/linear.ts';
import type { Shape } from '../../../../src/onnx/shape.ts';
import type { OperatorCase } from '../../../support/onnx/check-operator.ts';
import { signed } from '../../../support/onnx/operator-inputs.ts';
import { type PlainArray, plain, sumOf } from '../../../support/onnx/plain-array.ts';

const [rows, inner, columns] = [2, 3, 4];

/** How the leading axes of both factors relate. */
interface Batches {
  readonly title: string;
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly result: readonly number[];
  readonly letters?: { readonly left: Shape; readonly right: Shape };
}

const batches: readonly Batches[] = [
  { title: 'of two matrices', left: [], right: [], result: [] },
  { title: 'of two batches', left: [3], right: [3], result: [3] },
  { title: 'of one matrix with a batch', left: [], right: [3], result: [3] },
  { title: 'of a batch with one matrix', left: [3], right: [], result: [3] },
  {
    title: 'of batches of unequal rank',
    left: [2, 3],
    right: [3],
    result: [2, 3],
    letters: { left: ['B', 'N'], right: ['N'] },
  },
  {
    title: 'of batches repeated on both sides',
    left: [2, 1],
    right: [1, 3],
    result: [2, 3],
  },
];

/** The element of a factor, whose leading axes repeat where they have size 1 or are missing. */
function element(x: PlainArray, batch: readonly number[], [i, j]: [number, number]): number {
  const leading = x.dims.slice(0, -2);
  const own = batch.slice(batch.length - leading.length);
  return x.at(...own.map((place, axis) => (leading[axis] === 1 ? 0 : place)), i, j);
}

/** Which factors are transposed, and what the product is multiplied by. */
interface Turn {
  readonly title: string;
  readonly transposeLeft: boolean;
  readonly transposeRight: boolean;
  readonly scale: number;
}

const turns: readonly Turn[] = [
  { title: 'none transposed', transposeLeft: false, transposeRight: false, scale: 1 },
  { title: 'the left transposed', transposeLeft: true, transposeRight: false, scale: 0.5 },
  { title: 'the right transposed', transposeLeft: false, transposeRight: true, scale: 0.5 },
  { title: 'both transposed', transposeLeft: true, transposeRight: true, scale: 1 },
];

const orient = <T>([first, second]: readonly [T, T], turned: boolean): [T, T] =>
  turned ? [second, first] : [first, second];

function productCase(batch: Batches, turn: Turn): OperatorCase {
  const left = orient([rows, inner], turn.transposeLeft);
  const right = orient([inner, columns], turn.transposeRight);
  const letters = batch.letters ?? batch;
  return {
    op: 'matrixProduct',
    title: `${batch.title}, ${turn.title}`,
    inputs: [
      signed([...batch.left, ...left], [...letters.left, ...left]),
      signed([...batch.right, ...right], [...letters.right, ...right]),
    ],
    build: (a, b) => matrixProduct(a, b, turn),
    expected: (a, b) =>
      plain([...batch.result, rows, columns], (...index) => {
        const [i, j] = index.slice(-2) as [number, number];
        const leading = index.slice(0, -2);
        const term = (k: number): number =>
          element(a, leading, orient([i, k], turn.transposeLeft)) *
          element(b, leading, orient([k, j], turn.transposeRight));
        return turn.scale * sumOf(inner, term);
      }),
  };
}

/** Uses of every export of ops/linear.ts. */
export const linearCases: readonly OperatorCase[] = [
  ...batches.flatMap((batch) => turns.map((turn) => productCase(batch, turn))),
  {
    op: 'matrixProduct',
    title: 'of a value with itself',
    inputs: [signed([3, 2], ['L', 2])],
    build: (a) => matrixProduct(a, a, { transposeRight: true }),
    expected: (a) => plain([3, 3], (i, j) => sumOf(2, (k) => a.at(i, k) * a.at(j, k))),
  },
  {
    op: 'linear',
    title: 'of known sizes',
    inputs: [signed([4, 3]), signed([2, 3]), signed([2])],
    build: (x, weight, bias) => linear(x, { weight, bias }),
    expected: (x, weight, bias) =>
      plain([4, 2], (i, j) => bias.at(j) + sumOf(3, (k) => x.at(i, k) * weight.at(j, k))),
  },
  {
    op: 'linear',
    title: 'of rows counted at run time',
    inputs: [signed([4, 3], ['N', 3]), signed([2, 3]), signed([2])],
    build: (x, weight, bias) => linear(x, { weight, bias }),
    expected: (x, weight, bias) =>
      plain([4, 2], (i, j) => bias.at(j) + sumOf(3, (k) => x.at(i, k) * weight.at(j, k))),
  },
];
