/**
 * Many numbers to few: means, largest values and stable sums of exponentials.
 */
import { emitOne, productOf, type Value } from '../graph.ts';
import { type Dim, positiveAxis, reduceShape } from '../shape.ts';
import { expand, reduceSum } from './broadcast.ts';
import { add, exp, log, multiply, subtract } from './elementwise.ts';
import { reshape } from './layout.ts';

/** The mean along the last axis, which stays with size 1. Shapes: [..., n] → [..., 1]. */
export function lastMean(x: Value): Value {
  const last = x.shape.length - 1;
  const share = 1 / productOf([x.shape[last] as Dim]);
  return emitOne('ReduceMean', [x, x.graph.indices([last])], {
    shape: reduceShape(x.shape, [last], true),
    attributes: { keepdims: { int: 1 } },
    backward: (g) => [expand(multiply(g, share), x.shape), null],
  });
}

/** The largest value along axes, which stay with size 1. No gradient flows. */
export function reduceMax(x: Value, axes: readonly number[]): Value {
  const along = axes.map((axis) => positiveAxis(axis, x.shape.length));
  return emitOne('ReduceMax', [x, x.graph.indices(along)], {
    shape: reduceShape(x.shape, along, true),
    attributes: { keepdims: { int: 1 } },
  });
}

/**
 * ln Σ e^x along axes, which are removed. Stable: the largest value is taken out first, and as a
 * constant, since the result does not depend on it.
 */
export function logSumExp(x: Value, axes: readonly number[]): Value {
  const along = axes.map((axis) => positiveAxis(axis, x.shape.length));
  const largest = reduceMax(x, along);
  const sum = reduceSum(exp(subtract(x, largest)), along, true);
  return reshape(add(log(sum), largest), reduceShape(x.shape, along, false));
}
