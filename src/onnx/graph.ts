/**
 * A computation under construction: values, and the operations that make them.
 *
 * Every operation records, next to its forward node, how a gradient flows back through it
 * (`backward`), so that `gradient.ts` needs no table of operators.
 */
import { invariant } from '../core/invariant.ts';
import type { Dim, Shape } from './shape.ts';
import { type ElementType, floats, integers, type Tensor } from './tensor.ts';

/** One array in the graph. Invariant: made by exactly one node, input, parameter or constant. */
export interface Value {
  readonly graph: Graph;
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
}

/** Settings of an operation, typed as ONNX needs them. */
export type Attributes = Readonly<Record<string, Attribute>>;
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly text: string }
  | { readonly tensor: Tensor };

/** The gradient of each input from that of the first output; null where none flows. */
export type Backward = (gradient: Value) => readonly (Value | null)[];

/** What an operation is made of. */
export interface Operation {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly { readonly type: ElementType; readonly shape: Shape }[];
  readonly attributes?: Attributes;
  /** Empty for ai.onnx. */
  readonly domain?: string;
  /** Absent when no gradient can flow (indices, comparisons, stopped gradients). */
  readonly backward?: Backward;
}

/** An operation in place, with the values it makes. */
export interface Node extends Omit<Operation, 'outputs'> {
  readonly outputs: readonly Value[];
}

/** Builds values in the order in which they can be computed. */
export class Graph {
  readonly nodes: Node[] = [];
  readonly inputs: Value[] = [];
  /** Trainable arrays: fed at each run (training) or built into the model (inference). */
  readonly parameters: Value[] = [];
  readonly constants = new Map<Value, Tensor>();
  readonly #dimensions = new Map<string, Value>();
  readonly #shared = new Map<string, Value>();
  readonly #names = new Set<string>();

  /** An array given at each run. Its letters become sizes of the graph. */
  input(name: string, type: ElementType, shape: Shape): Value {
    const value = this.#named(name, type, shape);
    this.inputs.push(value);
    return value;
  }

  /** A trainable array, or one in whole numbers made from it. */
  parameter(name: string, shape: Shape, type: ElementType = 'float32'): Value {
    const value = this.#named(name, type, shape);
    this.parameters.push(value);
    return value;
  }

  /** An array that never changes. */
  constant(tensor: Tensor): Value {
    const value = this.#named(`constant${this.constants.size}`, tensor.type, tensor.dims);
    this.constants.set(value, tensor);
    return value;
  }

  /** A float32 scalar; equal numbers share one constant. */
  scalar(number: number): Value {
    return this.#once(`f${number}`, () => this.constant(floats([], [number])));
  }

  /** An int64 vector; equal ones share one constant. */
  indices(numbers: readonly number[]): Value {
    return this.#once(`i${numbers}`, () => this.constant(integers([numbers.length], numbers)));
  }

  /** The size that a letter stands for, as an int64 [1], read off the first value that has it. */
  dimension(letter: string): Value {
    const known = this.#dimensions.get(letter);
    if (known) return known;
    const has = ({ shape }: Value): boolean => shape.includes(letter);
    const source =
      [...this.inputs, ...this.parameters].find(has) ??
      this.nodes.flatMap(({ outputs }) => outputs).find(has);
    invariant(source, `The size ${letter} must be a dimension of some value.`);
    const start = source.shape.indexOf(letter);
    const [size] = this.emit({
      op: 'Shape',
      inputs: [source],
      outputs: [{ type: 'int64', shape: [1] }],
      attributes: { start: { int: start }, end: { int: start + 1 } },
    });
    this.#dimensions.set(letter, size);
    return size;
  }

  /** Adds an operation and returns what it makes. */
  emit(operation: Operation): readonly [Value, ...Value[]] {
    const outputs = operation.outputs.map(({ type, shape }, place) =>
      this.#named(`${operation.op}${this.nodes.length}${place ? `_${place}` : ''}`, type, shape),
    );
    const [first, ...rest] = outputs;
    invariant(first, 'An operation must make at least one value.');
    this.nodes.push({ ...operation, outputs });
    return [first, ...rest];
  }

  #named(name: string, type: ElementType, shape: Shape): Value {
    invariant(!this.#names.has(name), `A name must be used once, but got: ${name}.`);
    this.#names.add(name);
    return { graph: this, name, type, shape };
  }

  #once(key: string, make: () => Value): Value {
    const value = this.#shared.get(key) ?? make();
    this.#shared.set(key, value);
    return value;
  }
}

/** Emits an operation with one output of the first input's element type. */
export function emitOne(
  op: string,
  inputs: readonly [Value, ...Value[]],
  rest: {
    readonly shape: Shape;
    readonly type?: ElementType;
    readonly attributes?: Attributes;
    readonly domain?: string;
    readonly backward?: Backward;
  },
): Value {
  const { shape, type = inputs[0].type, ...others } = rest;
  return inputs[0].graph.emit({ op, inputs, outputs: [{ type, shape }], ...others })[0];
}

/** Multiplication of known sizes; letters cannot be multiplied. */
export function productOf(dims: readonly Dim[]): number {
  return dims.reduce<number>((product, dim) => {
    invariant(typeof dim === 'number', `A product needs known sizes, but got: ${dim}.`);
    return product * dim;
  }, 1);
}
