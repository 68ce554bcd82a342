/**
 * How much memory the values of a graph take at once when it runs, without running it.
 *
 * Values are made in the graph's order and given back after their last use; outputs stay. What the
 * runtime fuses or computes in place takes less, and what its allocator rounds up takes more.
 */
import { invariant } from '../core/invariant.ts';
import { elementFormats } from './element-types.ts';
import type { Graph, Node, Value } from './graph.ts';
import type { Dim, Shape } from './shape.ts';

/** Sizes that letters stand for. */
export type Sizes = Readonly<Record<string, number>>;

/** Operations that give the elements of their input another shape, without a copy. */
const isView = ({ op }: Node): boolean => op === 'Reshape';

/** Letters with their sizes. */
class Measure {
  readonly #sizes: Map<string, number>;

  /** A view has as many elements as what it is of: that gives the sizes of letters of its own. */
  constructor(sizes: Sizes, nodes: readonly Node[]) {
    this.#sizes = new Map(Object.entries(sizes));
    for (const { inputs, outputs } of nodes.filter(isView)) {
      this.#learn(inputs[0]!.shape, outputs[0]!.shape);
      this.#learn(outputs[0]!.shape, inputs[0]!.shape);
    }
  }

  bytes({ shape, type }: Value): number {
    const elements = this.#elements(shape);
    invariant(elements !== undefined, `The sizes of [${shape}] must be given.`);
    return elements * elementFormats[type].bytes;
  }

  /** Names the size of a shape that is one new letter. */
  #learn([dim, ...rest]: Shape, same: Shape): void {
    const elements = this.#elements(same);
    if (typeof dim !== 'string' || rest.length > 0 || elements === undefined) return;
    if (this.#size(dim) === undefined) this.#sizes.set(dim, elements);
  }

  #elements(shape: Shape): number | undefined {
    return product(shape.map((dim) => this.#size(dim)));
  }

  #size(dim: Dim): number | undefined {
    if (typeof dim === 'number') return dim;
    const known = this.#sizes.get(dim);
    if (known !== undefined || !dim.includes('·')) return known;
    return product(dim.split('·').map((part) => this.#sizes.get(part) ?? numberOf(part)));
  }
}

const numberOf = (text: string): number | undefined =>
  /^\d+$/.test(text) ? Number(text) : undefined;

const product = (factors: readonly (number | undefined)[]): number | undefined =>
  factors.reduce((a, b) => (a === undefined || b === undefined ? undefined : a * b), 1);

/** The value whose memory each view shows. */
function ownersOf(nodes: readonly Node[]): Map<Value, Value> {
  const owners = new Map<Value, Value>();
  for (const { inputs, outputs } of nodes.filter(isView))
    owners.set(outputs[0]!, owners.get(inputs[0]!) ?? inputs[0]!);
  return owners;
}

/** The nodes that `outputs` need, in order. */
function neededNodes(graph: Graph, outputs: readonly Value[]): Node[] {
  const needed = new Set(outputs);
  return graph.nodes
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((output) => needed.has(output))) return false;
      for (const input of node.inputs) needed.add(input);
      return true;
    })
    .toReversed();
}

/** Values in memory, each with its bytes, while nodes run. */
class LiveValues {
  readonly #bytes = new Map<Value, number>();
  #total = 0;
  peak = 0;

  add(value: Value, bytes: number): void {
    this.#bytes.set(value, bytes);
    this.#total += bytes;
    this.peak = Math.max(this.peak, this.#total);
  }

  remove(value: Value): void {
    this.#total -= this.#bytes.get(value) ?? 0;
    this.#bytes.delete(value);
  }
}

/**
 * The most bytes that values are live in at one time; inputs, parameters and constants not counted.
 *
 * Cost: O(nodes).
 */
export function peakValueBytes(graph: Graph, outputs: readonly Value[], sizes: Sizes): number {
  const nodes = neededNodes(graph, outputs);
  const measure = new Measure(sizes, nodes);
  const owners = ownersOf(nodes);
  const owner = (value: Value): Value => owners.get(value) ?? value;
  const lastUse = new Map<Value, number>();
  nodes.forEach(({ inputs }, at) => {
    for (const input of inputs) lastUse.set(owner(input), at);
  });
  for (const output of outputs) lastUse.set(owner(output), nodes.length);
  const live = new LiveValues();
  nodes.forEach((node, at) => {
    for (const output of node.outputs)
      if (!owners.has(output)) live.add(output, measure.bytes(output));
    for (const value of [...node.inputs, ...node.outputs].map(owner))
      if ((lastUse.get(value) ?? at) <= at) live.remove(value);
  });
  return live.peak;
}
