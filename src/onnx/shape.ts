/**
 * Shapes of graph values. A dimension is a number or a letter that stands for a size known only when
 * the graph runs (B windows, L tokens, ...); equal letters are equal sizes.
 */
import { invariant } from '../core/invariant.ts';

/** A size, or the name of a size that is known when the graph runs. */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** True when both shapes have the same dimensions in the same order. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, axis) => dim === b[axis]);

function broadcastDim(a: Dim, b: Dim): Dim {
  invariant(
    a === b || a === 1 || b === 1,
    `Dimensions must be equal or 1, but got: ${a} and ${b}.`,
  );
  return a === 1 ? b : a;
}

/** The shape of an elementwise operation on both. Source: ONNX multidirectional broadcasting. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const aligned = (shape: Shape): Shape => [...Array(rank - shape.length).fill(1), ...shape];
  const [left, right] = [aligned(a), aligned(b)];
  return left.map((dim, axis) => broadcastDim(dim, right[axis] ?? 1));
}

/** The axes along which `from` was repeated to make `to`. */
export function broadcastAxes(from: Shape, to: Shape): number[] {
  const shift = to.length - from.length;
  return to.flatMap((dim, axis) => (axis < shift || from[axis - shift] !== dim ? [axis] : []));
}

/** The axis counted from the front; negative axes count from the back. */
export const positiveAxis = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** The shape with some axes set to 1 (kept) or removed. */
export const reduceShape = (shape: Shape, axes: readonly number[], keep: boolean): Shape =>
  shape.flatMap((dim, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [dim]));
