/**
 * Matrix products.
 */
import { invariant } from '../../core/invariant.ts';
import { emitOne, type Value } from '../graph.ts';
import { broadcastShapes, type Dim } from '../shape.ts';
import { expand, unbroadcast } from './broadcast.ts';
import { reshape } from './layout.ts';

/** Which factors are transposed (their last two axes), and a number that scales the product. */
interface ProductOptions {
  readonly transposeLeft?: boolean;
  readonly transposeRight?: boolean;
  readonly scale?: number;
}

function productShape(a: Value, b: Value, options: ProductOptions): Dim[] {
  const { transposeLeft = false, transposeRight = false } = options;
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [rows, innerLeft] = [
    a.shape.at(transposeLeft ? -1 : -2),
    a.shape.at(transposeLeft ? -2 : -1),
  ];
  const [innerRight, columns] = [
    b.shape.at(transposeRight ? -1 : -2),
    b.shape.at(transposeRight ? -2 : -1),
  ];
  invariant(
    innerLeft === innerRight,
    `Inner sizes must be equal, but got: [${a.shape}] and [${b.shape}].`,
  );
  return [...batch, rows as Dim, columns as Dim];
}

/**
 * scale · a × b over the last two axes; leading axes broadcast.
 *
 * Shapes: a [..., M, K], b [..., K, N] → [..., M, N], each transposed first if asked.
 */
export function matrixProduct(a: Value, b: Value, options: ProductOptions = {}): Value {
  const { transposeLeft: ta = false, transposeRight: tb = false, scale = 1 } = options;
  const product = (x: Value, y: Value, turned: readonly [boolean, boolean]): Value =>
    matrixProduct(x, y, { transposeLeft: turned[0], transposeRight: turned[1], scale });
  return emitOne('FusedMatMul', [a, b], {
    shape: productShape(a, b, options),
    domain: 'com.microsoft',
    attributes: {
      transA: { int: Number(ta) },
      transB: { int: Number(tb) },
      alpha: { float: scale },
    },
    backward: (g) => {
      const left = ta ? product(b, g, [tb, true]) : product(g, b, [false, !tb]);
      const right = tb ? product(g, a, [true, ta]) : product(a, g, [!ta, false]);
      return [unbroadcast(left, a.shape), unbroadcast(right, b.shape)];
    },
  });
}

/** The weights and bias of a linear map. Shapes: weight [out, in], bias [out]. */
export interface LinearParameters {
  readonly weight: Value;
  readonly bias: Value;
}

/** Sum over rows as a product with ones, which onnxruntime computes faster than a reduction. */
function columnSums(x: Value, rows: Value): Value {
  const ones = expand(reshape(x.graph.scalar(1), [1, 1]), [1, rows.shape[0] as Dim]);
  const sums = emitOne('Gemm', [ones, x], { shape: [1, x.shape[1] as Dim] });
  return reshape(sums, [x.shape[1] as Dim]);
}

/**
 * x · weightᵀ + bias, row by row.
 *
 * Shapes: x [N, in], weight [out, in], bias [out] → [N, out].
 */
export function linear(x: Value, { weight, bias }: LinearParameters): Value {
  return emitOne('Gemm', [x, weight, bias], {
    shape: [x.shape[0] as Dim, weight.shape[0] as Dim],
    attributes: { transB: { int: 1 } },
    backward: (g) => [
      emitOne('Gemm', [g, weight], { shape: x.shape }),
      emitOne('Gemm', [g, x], { shape: weight.shape, attributes: { transA: { int: 1 } } }),
      columnSums(g, x),
    ],
  });
}
