/**
 * A graph as an ONNX model: only what its outputs need, weights fed at each run or built in.
 */
import { elementFormats } from './element-types.ts';
import type { Attribute, Graph, Node, Value } from './graph.ts';
import {
  type AttributeProto,
  type ModelProto,
  printModelProto,
  type TensorProto,
} from './proto.ts';
import { type Tensor, tensorBytes } from './tensor.ts';

const irVersion = 10;
const opsets = [
  { domain: '', version: 20 },
  { domain: 'com.microsoft', version: 1 },
];

/** What a model computes, under the names that a run returns. */
export type Outputs = Readonly<Record<string, Value>>;

/** The nodes that some output needs, in computing order. */
function neededNodes(graph: Graph, outputs: readonly Value[]): { nodes: Node[]; used: Set<Value> } {
  const used = new Set(outputs);
  const nodes: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => used.has(output))) continue;
    for (const input of node.inputs) used.add(input);
    nodes.push(node);
  }
  return { nodes: nodes.reverse(), used };
}

function attributeProto([name, attribute]: [string, Attribute]): AttributeProto {
  if ('int' in attribute) return { name, type: 2, i: attribute.int };
  if ('float' in attribute) return { name, type: 1, f: attribute.float };
  if ('text' in attribute) return { name, type: 3, s: new TextEncoder().encode(attribute.text) };
  if ('tensor' in attribute) return { name, type: 4, t: tensorProto('', attribute.tensor) };
  return { name, type: 7, ints: [...attribute.ints] };
}

const tensorProto = (name: string, tensor: Tensor): TensorProto => ({
  name,
  dims: [...tensor.dims],
  data_type: elementFormats[tensor.type].onnx,
  raw_data: tensorBytes(tensor),
});

const valueInfo = (name: string, { type, shape }: Value) => ({
  name,
  type: {
    tensor_type: {
      elem_type: elementFormats[type].onnx,
      shape: {
        dim: shape.map((dim) =>
          typeof dim === 'number' ? { dim_value: dim } : { dim_param: dim },
        ),
      },
    },
  },
});

/**
 * The bytes of an ONNX model that computes `outputs`. Parameters found in `weights` are built in,
 * the others are inputs of each run.
 */
export function printModel(
  graph: Graph,
  outputs: Outputs,
  weights: ReadonlyMap<string, Tensor> = new Map(),
): Uint8Array {
  const { nodes, used } = neededNodes(graph, Object.values(outputs));
  const fed = graph.parameters.filter(({ name }) => !weights.has(name));
  const builtIn = graph.parameters.filter((value) => weights.has(value.name) && used.has(value));
  const named = Object.entries(outputs).map(([name, value]) => ({
    op_type: 'Identity',
    domain: '',
    name: `output ${name}`,
    input: [value.name],
    output: [name],
    attribute: [],
  }));
  const model: ModelProto = {
    ir_version: irVersion,
    producer_name: 'spandex',
    opset_import: opsets,
    graph: {
      name: 'spandex',
      node: [...nodes.map(nodeProto), ...named],
      initializer: [
        ...[...graph.constants]
          .filter(([value]) => used.has(value))
          .map(([value, tensor]) => tensorProto(value.name, tensor)),
        ...builtIn.map(({ name }) => tensorProto(name, weights.get(name) as Tensor)),
      ],
      input: [...graph.inputs, ...fed]
        .filter((value) => used.has(value))
        .map((value) => valueInfo(value.name, value)),
      output: Object.entries(outputs).map(([name, value]) => valueInfo(name, value)),
    },
  };
  return printModelProto(model);
}

const nodeProto = (node: Node) => ({
  op_type: node.op,
  domain: node.domain ?? '',
  name: node.outputs[0]?.name ?? '',
  input: node.inputs.map(({ name }) => name),
  output: node.outputs.map(({ name }) => name),
  attribute: Object.entries(node.attributes ?? {}).map(attributeProto),
});
