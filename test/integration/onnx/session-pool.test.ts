import { afterEach, describe, expect, it } from '@jest/globals';
import { Graph } from '../../../src/onnx/graph.ts';
import { exp, multiply } from '../../../src/onnx/ops/elementwise.ts';
import { linear } from '../../../src/onnx/ops/linear.ts';
import { openSessionPool, type SessionPool } from '../../../src/onnx/session-pool.ts';
import { floats } from '../../../src/onnx/tensor.ts';

const opened: SessionPool[] = [];

async function openPool(sessions: number): Promise<SessionPool> {
  const graph = new Graph();
  const rows = graph.input('x', 'float32', ['N', 3]);
  const parameters = { weight: graph.parameter('w', [2, 3]), bias: graph.parameter('b', [2]) };
  const weights = new Map([
    ['w', floats([2, 3], [0.1, -0.2, 0.3, 0.5, 0.25, -0.1])],
    ['b', floats([2], [1, 2])],
  ]);
  const y = exp(multiply(linear(rows, parameters), 0.5));
  const pool = await openSessionPool(graph, { y }, { weights, sessions });
  opened.push(pool);
  return pool;
}

const input = (i: number) => floats([2, 3], [i, 2, 3, 4, 5 - i, 6]);

afterEach(async () => {
  for (const pool of opened.splice(0)) await pool.close();
});

describe('openSessionPool', () => {
  it('gives what one session in this thread gives, bit for bit, whoever computes it', async () => {
    const [pool, alone] = [await openPool(3), await openPool(1)];

    const results = await Promise.all(
      Array.from({ length: 12 }, (_, i) => pool.run({ x: input(i) })),
    );

    for (const [i, { y }] of results.entries())
      expect(y).toEqual((await alone.run({ x: input(i) }))['y']);
  });

  it('leaves what it is fed to the caller', async () => {
    const pool = await openPool(2);
    const x = input(1);

    await pool.run({ x });

    expect([...x.data]).toEqual([1, 2, 3, 4, 4, 6]);
  });

  it('refuses a feed of the wrong shape, and goes on', async () => {
    const pool = await openPool(2);

    await expect(pool.run({ x: floats([1, 2], [1, 2]) })).rejects.toThrow('dimensions');
    expect((await pool.run({ x: input(0) }))['y']!.dims).toEqual([2, 2]);
  });
});
