import { Graph } from '../../../src/onnx/graph.ts';
import { add, exp, multiply } from '../../../src/onnx/ops/elementwise.ts';
import { linear } from '../../../src/onnx/ops/linear.ts';
import { openSession } from '../../../src/onnx/session.ts';
import { floats, integers } from '../../../src/onnx/tensor.ts';

const weight = floats([2, 3], [1, -2, 3, 0.5, 0.25, -1]);
const bias = floats([2], [10, 20]);
const x = floats([2, 3], [1, 2, 3, 4, 5, 6]);

function linearGraph() {
  const graph = new Graph();
  const rows = graph.input('x', 'float32', ['N', 3]);
  const parameters = { weight: graph.parameter('w', [2, 3]), bias: graph.parameter('b', [2]) };
  return { graph, y: linear(rows, parameters) };
}

describe('openSession', () => {
  it('gives equal results with weights built in and with weights fed', async () => {
    const { graph, y } = linearGraph();
    const weights = new Map([
      ['w', weight],
      ['b', bias],
    ]);
    const builtIn = await openSession(graph, { y }, { weights, threads: 1 });
    const fed = await openSession(graph, { y }, { threads: 1 });

    const results = [await builtIn.run({ x }), await fed.run({ x, w: weight, b: bias })];

    expect(builtIn.inputNames).toEqual(['x']);
    expect([...fed.inputNames].sort()).toEqual(['b', 'w', 'x']);
    expect([...results[0]!['y']!.data]).toEqual([16, 18, 22, 17.25]);
    expect(results[1]).toEqual(results[0]);
    await Promise.all([builtIn.close(), fed.close()]);
  });

  it('writes into the arrays it is given, and makes those it is not', async () => {
    const graph = new Graph();
    const value = graph.input('x', 'float32', ['N', 3]);
    const outputs = { doubled: multiply(value, 2), power: exp(multiply(value, 0)) };
    const session = await openSession(graph, outputs, { threads: 1 });
    const into = floats([2, 3], new Float32Array(6));

    const results = await session.run({ x }, { doubled: into });
    await session.close();

    expect([...into.data]).toEqual([2, 4, 6, 8, 10, 12]);
    expect([...results['doubled']!.data]).toEqual([...into.data]);
    expect([...results['power']!.data]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('writes into a part of a larger array', async () => {
    const graph = new Graph();
    const value = graph.input('x', 'float32', [2]);
    const session = await openSession(graph, { y: add(value, 1) }, { threads: 1 });
    const arena = new Float32Array(6);
    const into = { y: { type: 'float32', dims: [2], data: arena.subarray(3, 5) } as const };

    await session.run({ x: floats([2], [7, 8]) }, into);
    await session.close();

    expect([...arena]).toEqual([0, 0, 0, 8, 9, 0]);
  });

  it('serves other sizes of the same letters', async () => {
    const { graph, y } = linearGraph();
    const session = await openSession(graph, { y }, { threads: 1 });

    const one = await session.run({ x: floats([1, 3], [0, 0, 0]), w: weight, b: bias });
    const none = await session.run({ x: floats([0, 3], []), w: weight, b: bias });
    await session.close();

    expect([...one['y']!.data]).toEqual([10, 20]);
    expect(none['y']!.dims).toEqual([0, 2]);
  });

  it('passes over feeds that the model does not need', async () => {
    const { graph, y } = linearGraph();
    const session = await openSession(graph, { y }, { threads: 1 });

    const results = await session.run({ x, w: weight, b: bias, unused: floats([1], [1]) });
    await session.close();

    expect(Object.keys(results)).toEqual(['y']);
  });

  it('names the feed that is missing', async () => {
    const { graph, y } = linearGraph();
    const session = await openSession(graph, { y }, { threads: 1 });

    await expect(session.run({ x, w: weight })).rejects.toThrow(/'b' is missing/);
    await session.close();
  });

  it.each([
    { fault: 'rank', feed: floats([6], [1, 2, 3, 4, 5, 6]), message: /rank for input: x/ },
    { fault: 'size', feed: floats([3, 2], [1, 2, 3, 4, 5, 6]), message: /dimensions for input: x/ },
    { fault: 'type', feed: integers([1, 3], [1, 2, 3]), message: /tensor\(int64\)/ },
  ])('refuses a feed of the wrong $fault', async ({ feed, message }) => {
    const { graph, y } = linearGraph();
    const session = await openSession(graph, { y }, { threads: 1 });

    await expect(session.run({ x: feed, w: weight, b: bias })).rejects.toThrow(message);
    await session.close();
  });

  it('computes the same bits with one thread and with two', async () => {
    const { graph, y } = linearGraph();
    const rows = floats(
      [64, 3],
      Float32Array.from({ length: 192 }, (_, k) => Math.sin(k)),
    );
    const sessions = await Promise.all(
      [1, 2].map((threads) => openSession(graph, { y }, { threads })),
    );

    const results = [];
    for (const session of sessions) {
      results.push(await session.run({ x: rows, w: weight, b: bias }));
      await session.close();
    }

    expect(results[1]).toEqual(results[0]);
  });
});
