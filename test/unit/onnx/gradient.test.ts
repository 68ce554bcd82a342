import { gradients } from '../../../src/onnx/gradient.ts';
import { Graph, type Value } from '../../../src/onnx/graph.ts';
import { reduceSum } from '../../../src/onnx/ops/broadcast.ts';
import { add, exp, multiply } from '../../../src/onnx/ops/elementwise.ts';
import { reduceMax } from '../../../src/onnx/ops/reduction.ts';
import { openSession, type Tensors } from '../../../src/onnx/session.ts';
import { floats } from '../../../src/onnx/tensor.ts';

async function compute(graph: Graph, output: Value, feeds: Tensors): Promise<number[]> {
  const session = await openSession(graph, { output }, { threads: 1 });
  const { output: found } = await session.run(feeds);
  await session.close();
  return Array.from(found!.data, Number);
}

describe('gradients', () => {
  it('adds up what reaches a value by several ways', async () => {
    const graph = new Graph();
    const x = graph.parameter('x', [2]);
    const shared = multiply(x, 3);
    const loss = reduceSum(add(multiply(shared, shared), shared), [0]);

    const [gradient] = gradients(loss, [x]);

    // (9x² + 3x)' = 18x + 3
    expect(await compute(graph, gradient!, { x: floats([2], [1, -2]) })).toEqual([21, -33]);
  });

  it('gives 1 for the loss itself', async () => {
    const graph = new Graph();
    const loss = reduceSum(graph.parameter('x', [2]), [0]);

    const [gradient] = gradients(loss, [loss]);

    expect(await compute(graph, gradient!, {})).toEqual([1]);
  });

  it('gives the gradient of a value between', async () => {
    const graph = new Graph();
    const x = graph.parameter('x', [2]);
    const between = exp(x);
    const loss = reduceSum(multiply(between, 5), [0]);

    const [gradient] = gradients(loss, [between]);

    expect(await compute(graph, gradient!, { x: floats([2], [1, 2]) })).toEqual([5, 5]);
  });

  it('leaves alone what is not wanted', () => {
    const graph = new Graph();
    const [x, y] = [graph.parameter('x', [2]), graph.parameter('y', [2])];
    const loss = reduceSum(add(exp(x), exp(y)), [0]);
    const before = graph.nodes.length;

    gradients(loss, [x]);

    const multiplications = graph.nodes.slice(before).filter(({ op }) => op === 'Mul');
    expect(multiplications).toHaveLength(1);
  });

  it('refuses a value that the loss does not depend on', () => {
    const graph = new Graph();
    const [x, y] = [graph.parameter('x', [2]), graph.parameter('y', [2])];
    const loss = reduceSum(add(x, reduceMax(y, [0])), [0]);

    const ask = () => gradients(loss, [y]);

    expect(ask).toThrow('The loss must depend on y.');
  });
});
