import { emitOne, Graph, productOf } from '../../../src/onnx/graph.ts';
import { reduceSum } from '../../../src/onnx/ops/broadcast.ts';
import { add } from '../../../src/onnx/ops/elementwise.ts';
import { gatherRows } from '../../../src/onnx/ops/indexing.ts';
import { concat, reshape, slice, transpose } from '../../../src/onnx/ops/layout.ts';
import { matrixProduct } from '../../../src/onnx/ops/linear.ts';

describe('Graph', () => {
  it('refuses a name twice', () => {
    const graph = new Graph();
    graph.input('x', 'float32', [2]);

    const again = () => graph.parameter('x', [3]);

    expect(again).toThrow('A name must be used once, but got: x.');
  });

  it('shares equal scalars and equal vectors of indices', () => {
    const graph = new Graph();

    const scalars = [graph.scalar(0.5), graph.scalar(0.5), graph.scalar(0.25)];
    const vectors = [graph.indices([1, 2]), graph.indices([1, 2]), graph.indices([12])];

    expect(scalars[1]).toBe(scalars[0]);
    expect(scalars[2]).not.toBe(scalars[0]);
    expect(vectors[1]).toBe(vectors[0]);
    expect(vectors[2]).not.toBe(vectors[0]);
    expect(graph.constants.size).toBe(4);
  });

  it('reads a letter off the first value that has it, once', () => {
    const graph = new Graph();
    graph.input('x', 'float32', [4, 'L']);

    const [first, second] = [graph.dimension('L'), graph.dimension('L')];

    expect(second).toBe(first);
    expect(graph.nodes).toMatchObject([
      { op: 'Shape', attributes: { start: { int: 1 }, end: { int: 2 } } },
    ]);
  });

  it('reads a letter off a parameter', () => {
    const graph = new Graph();
    const table = graph.parameter('table', ['R', 2]);

    graph.dimension('R');

    expect(graph.nodes[0]?.inputs).toEqual([table]);
  });

  it('refuses a letter that no value has', () => {
    const graph = new Graph();

    const read = () => graph.dimension('Q');

    expect(read).toThrow('The size Q must be a dimension of some value.');
  });
});

describe('emitOne', () => {
  it('infers the shape of each operation from its inputs', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['B', 'L', 8]);
    const weight = graph.parameter('w', [4, 8]);
    const at = graph.input('at', 'int64', ['M', 2]);

    const shapes = [
      add(x, graph.input('row', 'float32', [8])),
      matrixProduct(x, weight, { transposeRight: true }),
      transpose(x, [2, 0, 1]),
      reshape(x, ['B·L', 8]),
      slice(x, { axis: 2, start: 1, size: 3 }),
      concat([x, x], 2),
      gatherRows(weight, at),
      reduceSum(x, [1, 2]),
    ].map(({ shape }) => shape);

    expect(shapes).toEqual([
      ['B', 'L', 8],
      ['B', 'L', 4],
      [8, 'B', 'L'],
      ['B·L', 8],
      ['B', 'L', 3],
      ['B', 'L', 16],
      ['M', 2, 8],
      ['B'],
    ]);
  });

  it('takes the element type of the first input unless told another', () => {
    const graph = new Graph();
    const at = graph.input('at', 'int64', [2]);

    const [same, other] = [
      emitOne('Neg', [at], { shape: [2] }),
      emitOne('Cast', [at], { shape: [2], type: 'float32', attributes: { to: { int: 1 } } }),
    ];

    expect([same.type, other.type]).toEqual(['int64', 'float32']);
  });
});

describe('matrixProduct', () => {
  it('refuses inner sizes that differ', () => {
    const graph = new Graph();
    const [a, b] = [graph.parameter('a', [2, 3]), graph.parameter('b', [2, 3])];

    const multiply = () => matrixProduct(a, b);

    expect(multiply).toThrow('Inner sizes must be equal, but got: [2,3] and [2,3].');
  });
});

describe('concat', () => {
  it('refuses to join along an axis of unknown size', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['B', 2]);

    const join = () => concat([x, x], 0);

    expect(join).toThrow('Joined sizes must be known, but got: B,B.');
  });
});

describe('productOf', () => {
  it('multiplies known sizes and refuses letters', () => {
    const letter = () => productOf([2, 'L']);

    expect(productOf([2, 3])).toBe(6);
    expect(letter).toThrow('A product needs known sizes, but got: L.');
  });
});
