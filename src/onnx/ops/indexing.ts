/**
 * Choosing elements by index; gradients are added up where an element was chosen more than once.
 */
import { emitOne, type Value } from '../graph.ts';
import { positiveAxis, type Shape } from '../shape.ts';
import { expand } from './broadcast.ts';
import { reshape } from './layout.ts';

const zeros = (like: Value, shape: Shape): Value =>
  expand(
    reshape(
      like.graph.scalar(0),
      shape.map(() => 1),
    ),
    shape,
  );

/**
 * Rows of a table. Shapes: table [R, ...rest], indices (int64) [...] → [..., ...rest].
 */
export function gatherRows(table: Value, indices: Value): Value {
  return emitOne('Gather', [table, indices], {
    shape: [...indices.shape, ...table.shape.slice(1)],
    attributes: { axis: { int: 0 } },
    backward: (g) => {
      const at = reshape(indices, [...indices.shape, 1]);
      const sum = emitOne('ScatterND', [zeros(table, table.shape), at, g], {
        shape: table.shape,
        attributes: scatterAdd,
      });
      return [sum, null];
    },
  });
}

/**
 * ScatterND adds in onnxruntime; `reduction` is a string attribute, carried as its ONNX text.
 */
const scatterAdd = { reduction: { text: 'add' } } as const;

/**
 * One element per index along an axis. Shapes: x and indices (int64) differ in that axis alone;
 * the result has the shape of the indices.
 */
export function gatherElements(x: Value, indices: Value, axis: number): Value {
  const along = positiveAxis(axis, x.shape.length);
  return emitOne('GatherElements', [x, indices], {
    shape: indices.shape,
    attributes: { axis: { int: along } },
    backward: (g) => {
      const sum = emitOne('ScatterElements', [zeros(x, x.shape), indices, g], {
        shape: x.shape,
        attributes: { axis: { int: along }, ...scatterAdd },
      });
      return [sum, null];
    },
  });
}
