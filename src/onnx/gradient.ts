/**
 * Reverse-mode differentiation: extends a graph by the gradients of one scalar.
 */
import { invariant } from '../core/invariant.ts';
import type { Graph, Node, Value } from './graph.ts';
import { add } from './ops/elementwise.ts';

/** The values on some path from `wanted`, that is, those whose gradient is worth computing. */
function dependents(graph: Graph, wanted: readonly Value[]): Set<Value> {
  const reached = new Set(wanted);
  for (const node of graph.nodes) {
    if (!node.backward || !node.inputs.some((input) => reached.has(input))) continue;
    reached.add(node.outputs[0] as Value);
  }
  return reached;
}

/** The nodes in the order they were made; taken before the backward pass adds its own. */
const newestFirst = (graph: Graph): readonly Node[] => [...graph.nodes].reverse();

/**
 * The gradient of `loss` with respect to each of `wanted`, as new values of the same graph.
 *
 * Shapes: each gradient has the shape of its value; `loss` is a scalar.
 * Throws: (bug) when a wanted value does not reach the loss.
 */
export function gradients(loss: Value, wanted: readonly Value[]): Value[] {
  const { graph } = loss;
  const useful = dependents(graph, wanted);
  const found = new Map<Value, Value>([[loss, graph.scalar(1)]]);
  for (const node of newestFirst(graph)) {
    const incoming = found.get(node.outputs[0] as Value);
    if (!incoming || !node.backward || !useful.has(node.outputs[0] as Value)) continue;
    node.backward(incoming).forEach((gradient, place) => {
      const input = node.inputs[place] as Value;
      if (!gradient || !useful.has(input)) return;
      const earlier = found.get(input);
      found.set(input, earlier ? add(earlier, gradient) : gradient);
    });
  }
  return wanted.map((value) => {
    const gradient = found.get(value);
    invariant(gradient, `The loss must depend on ${value.name}.`);
    return gradient;
  });
}
