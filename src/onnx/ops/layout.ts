/**
 * The same elements in another arrangement.
 */
import { invariant } from '../../core/invariant.ts';
import { emitOne, type Value } from '../graph.ts';
import { type Dim, positiveAxis, type Shape, sameShape } from '../shape.ts';

/**
 * ONNX's target of a reshape: 0 keeps the size at the same place, one -1 is worked out; where neither
 * says enough, the sizes are read off the graph's inputs when it runs.
 */
function reshapeTarget(x: Value, shape: Shape): Value {
  const { graph } = x;
  const codes = shape.map((dim, axis) =>
    typeof dim === 'number' ? dim : x.shape[axis] === dim ? 0 : -1,
  );
  if (codes.filter((code) => code === -1).length <= 1) return graph.indices(codes);
  let open = false;
  const parts = shape.map((dim: Dim, axis) => {
    if (typeof dim === 'number') return graph.indices([dim]);
    if (!open && !graph.inputs.some((input) => input.shape.includes(dim))) {
      open = true;
      return graph.indices([-1]);
    }
    return codes[axis] === 0 ? graph.indices([0]) : graph.dimension(dim);
  }) as [Value, ...Value[]];
  return emitOne('Concat', parts, { shape: [shape.length], attributes: { axis: { int: 0 } } });
}

/** The same elements, in the same order, under another shape. */
export function reshape(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  return emitOne('Reshape', [x, reshapeTarget(x, shape)], {
    shape,
    backward: (gradient) => [reshape(gradient, x.shape), null],
  });
}

/** Axis k of the result is axis `order[k]` of x. */
export function transpose(x: Value, order: readonly number[]): Value {
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return emitOne('Transpose', [x], {
    shape: order.map((axis) => x.shape[axis] as Dim),
    attributes: { perm: { ints: order } },
    backward: (gradient) => [transpose(gradient, inverse)],
  });
}

/** Where a slice lies: [start, start + size) of one axis; the start may be known only at run time. */
export interface SliceRange {
  readonly axis: number;
  readonly start: number | Value;
  readonly size: Dim;
}

const rangeValue = (x: Value, size: Dim): Value =>
  typeof size === 'number' ? x.graph.indices([size]) : x.graph.dimension(size);

/** The elements of x in a range of one axis. No gradient flows when the start is a run-time value. */
export function slice(x: Value, { axis, start, size }: SliceRange): Value {
  const along = positiveAxis(axis, x.shape.length);
  const { graph } = x;
  const begin = typeof start === 'number' ? graph.indices([start]) : start;
  const end =
    typeof start === 'number' && typeof size === 'number'
      ? graph.indices([start + size])
      : emitOne('Add', [begin, rangeValue(x, size)], { shape: [1] });
  return emitOne('Slice', [x, begin, end, graph.indices([along])], {
    shape: x.shape.map((dim, place) => (place === along ? size : dim)),
    ...(typeof start === 'number' && {
      backward: (gradient: Value) => [padBack(gradient, x, { along, start }), null, null, null],
    }),
  });
}

/** The gradient of a slice: zeros around it, up to the shape that was sliced. */
function padBack(gradient: Value, x: Value, at: { along: number; start: number }): Value {
  const { graph } = x;
  const total = x.shape[at.along] as Dim;
  const size = gradient.shape[at.along] as Dim;
  const before = graph.indices([at.start]);
  const used = emitOne('Add', [before, rangeValue(x, size)], { shape: [1] });
  const after = emitOne('Sub', [rangeValue(x, total), used], { shape: [1] });
  const pads = emitOne('Concat', [before, after], {
    shape: [2],
    attributes: { axis: { int: 0 } },
  });
  return emitOne('Pad', [gradient, pads, graph.scalar(0), graph.indices([at.along])], {
    shape: x.shape,
  });
}

/** The arrays joined along an existing axis, whose sizes must be known. */
export function concat(parts: readonly [Value, ...Value[]], axis: number): Value {
  const along = positiveAxis(axis, parts[0].shape.length);
  const lengths = parts.map(({ shape }) => shape[along] as Dim);
  invariant(
    lengths.every((length) => typeof length === 'number'),
    `Joined sizes must be known, but got: ${lengths}.`,
  );
  const starts = lengths.map((_, k) => lengths.slice(0, k).reduce((a, b) => a + b, 0));
  const total = lengths.reduce((a, b) => a + b, 0);
  return emitOne('Concat', parts, {
    shape: parts[0].shape.map((dim, place) => (place === along ? total : dim)),
    attributes: { axis: { int: along } },
    backward: (gradient) =>
      parts.map((_, k) =>
        slice(gradient, { axis: along, start: starts[k] as number, size: lengths[k] as Dim }),
      ),
  });
}
