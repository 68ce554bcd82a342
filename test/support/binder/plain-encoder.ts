/**
 * BERT in loops over float64: the slow, obvious twin of the encoder's graph.
 */
import type { EncoderSettings } from '../../../src/ner/encoder-graph.ts';

/** A weight: rows of numbers. */
export interface PlainWeight {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

export type PlainWeights = ReadonlyMap<string, PlainWeight>;
export type Rows = readonly (readonly number[])[];

/** Tokens of one row, with 0 where there is only padding. */
export interface PlainTokens {
  readonly ids: readonly number[];
  readonly mask: readonly number[];
}

export function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k += 1) sum += a[k]! * b[k]!;
  return sum;
}

/** Row number `row` of a matrix; all of a vector, or the only number, as row 0. */
export function rowOf(weights: PlainWeights, name: string, row = 0): Float64Array {
  const { dims, data } = weights.get(name)!;
  const size = dims.at(-1) ?? 1;
  return data.subarray(row * size, (row + 1) * size);
}

/** weight · x + bias */
export function plainLinear(weights: PlainWeights, name: string, x: readonly number[]): number[] {
  const bias = rowOf(weights, `${name}.bias`);
  const matrix = weights.get(`${name}.weight`)!.data;
  return Array.from(bias, (shift, j) => {
    const row = matrix.subarray(j * x.length, (j + 1) * x.length);
    return shift + inner(row, x);
  });
}

/** The error function by its power series; right to 1e-10 below 4. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17; n += 1) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const gelu = (x: number): number => (x / 2) * (1 + erf(x / Math.SQRT2));

const sumRows = (a: ArrayLike<number>, b: ArrayLike<number>): number[] =>
  Array.from(a, (value, k) => value + b[k]!);

function softmax(scores: readonly number[]): number[] {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

/** One encoder: its weights under a prefix, and its sizes. */
export interface PlainEncoder {
  readonly weights: PlainWeights;
  readonly prefix: string;
  readonly settings: EncoderSettings;
}

function normalize(encoder: PlainEncoder, name: string, x: readonly number[]): number[] {
  const weight = rowOf(encoder.weights, `${encoder.prefix}${name}.weight`);
  const bias = rowOf(encoder.weights, `${encoder.prefix}${name}.bias`);
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  const deviation = Math.sqrt(variance + encoder.settings.layerNormEpsilon);
  return x.map((value, k) => ((value - mean) / deviation) * weight[k]! + bias[k]!);
}

function attend(encoder: PlainEncoder, name: string, states: Rows, mask: readonly number[]): Rows {
  const { heads, hiddenSize } = encoder.settings;
  const size = hiddenSize / heads;
  const linear = (part: string) =>
    states.map((x) => plainLinear(encoder.weights, `${encoder.prefix}${name}.${part}`, x));
  const [queries, keys, values] = [linear('query'), linear('key'), linear('value')] as const;
  return queries.map((query) =>
    Array.from({ length: heads }, (_, head) => {
      const part = (x: readonly number[]) => x.slice(head * size, (head + 1) * size);
      const scores = keys.map((key, j) =>
        mask[j] ? inner(part(query), part(key)) / Math.sqrt(size) : -1e9,
      );
      const shares = softmax(scores);
      return Array.from({ length: size }, (__, k) =>
        inner(
          shares,
          values.map((value) => value[head * size + k]!),
        ),
      );
    }).flat(),
  );
}

/** The last layer's state of each token. */
export function plainStates(encoder: PlainEncoder, { ids, mask }: PlainTokens): Rows {
  const { weights, prefix, settings } = encoder;
  const row = (name: string, place: number) =>
    rowOf(weights, `${prefix}embeddings.${name}_embeddings.weight`, place);
  let states: Rows = ids.map((id, place) => {
    const placed = sumRows(sumRows(row('word', id), row('position', place)), row('token_type', 0));
    return normalize(encoder, 'embeddings.LayerNorm', placed);
  });
  for (let layer = 0; layer < settings.layers; layer += 1) {
    const name = `encoder.layer.${layer}.`;
    const linear = (part: string, x: readonly number[]) =>
      plainLinear(weights, `${prefix}${name}${part}`, x);
    const mixed = attend(encoder, `${name}attention.self`, states, mask);
    const attended = states.map((x, i) =>
      normalize(
        encoder,
        `${name}attention.output.LayerNorm`,
        sumRows(x, linear('attention.output.dense', mixed[i]!)),
      ),
    );
    states = attended.map((x) => {
      const wide = linear('intermediate.dense', x).map(gelu);
      return normalize(
        encoder,
        `${name}output.LayerNorm`,
        sumRows(x, linear('output.dense', wide)),
      );
    });
  }
  return states;
}
