/**
 * Repeating an array along axes and its gradient, summing along axes: each is the other's backward.
 */
import { emitOne, type Value } from '../graph.ts';
import {
  broadcastAxes,
  type Dim,
  positiveAxis,
  reduceShape,
  type Shape,
  sameShape,
} from '../shape.ts';
import { reshape } from './layout.ts';

/** The sizes as an int64 vector: a constant where all are known, else computed when the graph runs. */
function sizes(like: Value, shape: Shape): Value {
  const { graph } = like;
  if (shape.every((dim) => typeof dim === 'number')) return graph.indices(shape);
  const parts = shape.map((dim: Dim) =>
    typeof dim === 'number' ? graph.indices([dim]) : graph.dimension(dim),
  ) as [Value, ...Value[]];
  return emitOne('Concat', parts, { shape: [shape.length], attributes: { axis: { int: 0 } } });
}

/** x repeated to `shape` by broadcasting. Shapes: x, broadcastable → shape. */
export function expand(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  return emitOne('Expand', [x, sizes(x, shape)], {
    shape,
    backward: (gradient) => [unbroadcast(gradient, x.shape), null],
  });
}

/** The sum along axes, which are removed unless `keep`. */
export function reduceSum(x: Value, axes: readonly number[], keep = false): Value {
  const along = axes.map((axis) => positiveAxis(axis, x.shape.length));
  return emitOne('ReduceSum', [x, x.graph.indices(along)], {
    shape: reduceShape(x.shape, along, keep),
    attributes: { keepdims: { int: keep ? 1 : 0 } },
    backward: (gradient) => {
      const kept = reshape(gradient, reduceShape(x.shape, along, true));
      return [expand(kept, x.shape), null];
    },
  });
}

/** The gradient of a broadcast: sums `gradient` back to the shape that was repeated. */
export function unbroadcast(gradient: Value, shape: Shape): Value {
  if (sameShape(gradient.shape, shape)) return gradient;
  const axes = broadcastAxes(shape, gradient.shape);
  const summed = axes.length === 0 ? gradient : reduceSum(gradient, axes, true);
  return reshape(summed, shape);
}
