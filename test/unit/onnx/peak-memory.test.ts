import { Graph } from '../../../src/onnx/graph.ts';
import { exp, multiply } from '../../../src/onnx/ops/elementwise.ts';
import { reshape } from '../../../src/onnx/ops/layout.ts';
import { peakValueBytes } from '../../../src/onnx/peak-memory.ts';

/** x, e^x, e^e^x, then e^x · e^e^x: two values of n numbers live until the product is made. */
function chain() {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['B', 'L']);
  const first = exp(x);
  const second = exp(first);
  return { graph, first, second, product: multiply(first, second) };
}

describe('peakValueBytes', () => {
  it('counts what is live at once', () => {
    const { graph, product } = chain();

    expect(peakValueBytes(graph, [product], { B: 5, L: 10 })).toBe(3 * 50 * 4);
  });

  it('gives a value back after its last use', () => {
    const { graph, product } = chain();
    const result = exp(exp(exp(product)));

    expect(peakValueBytes(graph, [result], { B: 5, L: 10 })).toBe(3 * 50 * 4);
  });

  it('leaves out what no output needs', () => {
    const { graph, first } = chain();

    expect(peakValueBytes(graph, [first], { B: 5, L: 10 })).toBe(50 * 4);
  });

  it('counts a view once and learns its size', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['B', 'L']);
    const flat = reshape(exp(x), ['all']);

    expect(peakValueBytes(graph, [exp(flat)], { B: 5, L: 10 })).toBe(2 * 50 * 4);
  });
});
