import { Graph } from '../../../src/onnx/graph.ts';
import { printModel } from '../../../src/onnx/model.ts';
import { add, exp, multiply } from '../../../src/onnx/ops/elementwise.ts';
import { parseModelProto } from '../../../src/onnx/proto.ts';
import { floats } from '../../../src/onnx/tensor.ts';

/** y = x · w + 1 and, apart from it, z = e^x · v. */
function twoBranches() {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['B', 2]);
  const other = graph.input('other', 'float32', ['B', 2]);
  const [w, v] = [graph.parameter('w', [2]), graph.parameter('v', [2])];
  const y = add(multiply(x, w), 1);
  const z = multiply(multiply(exp(other), v), 7);
  return { graph, y, z };
}

describe('printModel', () => {
  it('leaves out the nodes, inputs, parameters and constants that no output needs', () => {
    const { graph, y } = twoBranches();

    const { graph: printed } = parseModelProto(printModel(graph, { y }));

    expect(printed.node.map(({ op_type: op }) => op)).toEqual(['Mul', 'Add', 'Identity']);
    expect(printed.input.map(({ name }) => name)).toEqual(['x', 'w']);
    expect(printed.initializer).toHaveLength(1);
    expect(printed.output.map(({ name }) => name)).toEqual(['y']);
  });

  it('keeps nodes in an order in which they can be computed', () => {
    const { graph, y, z } = twoBranches();

    const { graph: printed } = parseModelProto(printModel(graph, { z, y }));

    const known = new Set([...printed.input, ...printed.initializer].map(({ name }) => name));
    for (const { input, output } of printed.node) {
      for (const name of input) expect(known).toContain(name);
      for (const name of output) known.add(name);
    }
  });

  it('builds in the weights it is given and asks for the others', () => {
    const { graph, y, z } = twoBranches();
    const weights = new Map([['w', floats([2], [3, 4])]]);

    const { graph: printed } = parseModelProto(printModel(graph, { y, z }, weights));

    expect(printed.input.map(({ name }) => name)).toEqual(['x', 'other', 'v']);
    const builtIn = printed.initializer.find(({ name }) => name === 'w');
    expect(builtIn).toMatchObject({ dims: [2], data_type: 1 });
    expect([...new Float32Array(new Uint8Array(builtIn!.raw_data).buffer)]).toEqual([3, 4]);
  });

  it('says which sizes are known and which are letters', () => {
    const { graph, y } = twoBranches();

    const { graph: printed } = parseModelProto(printModel(graph, { y }));

    const dims = printed.input[0]?.type.tensor_type.shape.dim;
    expect(dims).toMatchObject([{ dim_param: 'B' }, { dim_value: 2 }]);
  });

  it('gives one value under two names, and an input as it is', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);

    const { graph: printed } = parseModelProto(printModel(graph, { first: x, second: x }));

    expect(printed.node.map(({ input, output }) => [...input, ...output])).toEqual([
      ['x', 'first'],
      ['x', 'second'],
    ]);
  });
});
