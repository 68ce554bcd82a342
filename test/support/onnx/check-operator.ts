/**
 * Checks of one operator: its result against plain loops in float64, and its gradient against central
 * differences of its own float32 results, summed in float64.
 */
import { gradients } from '../../../src/onnx/gradient.ts';
import { Graph, type Value } from '../../../src/onnx/graph.ts';
import { reduceSum } from '../../../src/onnx/ops/broadcast.ts';
import { multiply } from '../../../src/onnx/ops/elementwise.ts';
import { openSession, type Session, type Tensors } from '../../../src/onnx/session.ts';
import type { Shape } from '../../../src/onnx/shape.ts';
import { elementCount, floats, integers, type Tensor, tensor } from '../../../src/onnx/tensor.ts';
import { type PlainArray, plainArray } from './plain-array.ts';

/** An array that goes into an operator. */
export interface OperatorInput {
  readonly type: 'float32' | 'int64' | 'int8';
  readonly dims: readonly number[];
  /** As the graph knows it: letters for sizes that it learns when it runs. */
  readonly shape: Shape;
  readonly values: readonly number[];
  /** False for what no gradient is asked of. */
  readonly trained: boolean;
}

/** One use of an operator. */
export interface OperatorCase {
  /** Name of the export under test. */
  readonly op: string;
  readonly title: string;
  readonly inputs: readonly OperatorInput[];
  readonly build: (a: Value, b: Value, c: Value) => Value;
  readonly expected: (a: PlainArray, b: PlainArray, c: PlainArray) => PlainArray;
}

/** What is wrong, as relative errors: 0 is perfect, infinity another shape. */
export interface OperatorErrors {
  readonly result: number;
  /** The largest of all trained inputs. */
  readonly gradient: number;
}

const smallestNorm = 1e-3;
const step = 2 ** -6;

/** Repeatable numbers between −1.5 and 1.5 that float32 holds exactly. */
export function someNumbers(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.fround((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * 3 - 1.5);
  });
}

function relativeError(actual: Tensor, wanted: PlainArray): number {
  if (`${actual.dims}` !== `${wanted.dims}`) return Number.POSITIVE_INFINITY;
  const difference = wanted.values.map((value, i) => Number(actual.data[i]) - value);
  return Math.hypot(...difference) / Math.max(Math.hypot(...wanted.values), smallestNorm);
}

function toTensor({ type, dims, values }: OperatorInput): Tensor {
  if (type === 'int8') return tensor('int8', dims, Int8Array.from(values));
  return type === 'int64' ? integers(dims, values) : floats(dims, values);
}

const inputName = (place: number): string => `input${place}`;

/** Compiles the operator, and the gradients of Σ probe · result. */
async function openCase({ inputs, build }: OperatorCase): Promise<Session> {
  const graph = new Graph();
  const values = inputs.map(({ type, shape }, k) => graph.input(inputName(k), type, shape));
  const result = build(values[0]!, values[1]!, values[2]!);
  const weighted = multiply(result, graph.input('probe', 'float32', result.shape));
  const loss = reduceSum(weighted, [...result.shape.keys()]);
  const trained = values.filter((_, k) => inputs[k]!.trained);
  const outputs: Record<string, Value> = { result };
  gradients(loss, trained).forEach((gradient, k) => {
    outputs[`gradient of ${trained[k]!.name}`] = gradient;
  });
  return openSession(graph, outputs, { threads: 1 });
}

/** d(Σ probe · result) / d(element) by central differences of two steps, extrapolated to step 0. */
async function numericGradient(
  input: OperatorInput,
  loss: (changed: Tensor) => Promise<number>,
): Promise<PlainArray> {
  const slopes: number[] = [];
  const slope = async (place: number, size: number): Promise<number> => {
    const values = [-size, size].map((change) =>
      Float32Array.from(input.values, (value, k) => (k === place ? value + change : value)),
    ) as [Float32Array, Float32Array];
    const below = await loss(floats(input.dims, values[0]));
    const above = await loss(floats(input.dims, values[1]));
    return (above - below) / (values[1][place]! - values[0][place]!);
  };
  for (const place of input.values.keys()) {
    slopes.push((4 * (await slope(place, step / 2)) - (await slope(place, step))) / 3);
  }
  return plainArray(input.dims, slopes);
}

/** How far an operator is from its plain twin, and its gradient from the slopes of its own result. */
export async function checkOperator(operator: OperatorCase): Promise<OperatorErrors> {
  const arrays = operator.inputs.map(({ dims, values }) => plainArray(dims, values));
  const expected = operator.expected(arrays[0]!, arrays[1]!, arrays[2]!);
  const probe = someNumbers(elementCount(expected.dims), 99);
  const session = await openCase(operator);
  const given: Tensors = {
    ...Object.fromEntries(operator.inputs.map((input, k) => [inputName(k), toTensor(input)])),
    probe: floats(expected.dims, probe),
  };
  const lossWith = (name: string) => async (changed: Tensor) => {
    const { result } = await session.run({ ...given, [name]: changed });
    return probe.reduce((sum, weight, k) => sum + weight * Number(result!.data[k]), 0);
  };
  const found = await session.run(given);
  const errors: number[] = [];
  for (const [k, input] of operator.inputs.entries()) {
    if (!input.trained) continue;
    const wanted = await numericGradient(input, lossWith(inputName(k)));
    errors.push(relativeError(found[`gradient of ${inputName(k)}`]!, wanted));
  }
  await session.close();
  return { result: relativeError(found['result']!, expected), gradient: Math.max(0, ...errors) };
}
