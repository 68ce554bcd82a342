/**
 * The weights that training starts from: those of a model that it goes on from, else both encoders
 * from the same pretrained one, everything else at random. Source: BINDER, initialisation.
 */
import { appError } from '../core/errors.ts';
import { invariant } from '../core/invariant.ts';
import type { FloatTensors } from '../ner/quantize.ts';
import type { Value } from '../onnx/graph.ts';
import { elementCount, type Tensor, tensor } from '../onnx/tensor.ts';
import type { PretrainedEncoder } from './encoder-directory.ts';
import { createRandom, purposes, type Random } from './random.ts';
import { sharedWords } from './training-graph.ts';

/** Where initial weights come from. */
export interface InitialWeightOptions {
  /** Absent: encoders start at random as well. */
  readonly pretrained?: PretrainedEncoder;
  /** Of a trained model, by the names of parameters; these come first. */
  readonly trained?: FloatTensors;
  /** Where it was read, for messages. */
  readonly path: string;
  readonly seed: number;
  /** What cosines are divided by at first. */
  readonly temperature: number;
}

/** Standard deviation of random weights. Source: BERT's `initializer_range`. */
const deviation = 0.02;

const encoderPrefix = /^(text|type)_encoder\./;

function pretrainedName(name: string): string | null {
  if (name === sharedWords) return `embeddings.${sharedWords}`;
  return encoderPrefix.test(name) ? name.replace(encoderPrefix, '') : null;
}

function pretrainedTensor(
  value: Value,
  name: string,
  { pretrained, path }: InitialWeightOptions,
): Tensor<'float32'> {
  const found = pretrained?.weights.get(name);
  if (!found || found.dims.join() !== value.shape.join()) {
    const rule = `an encoder whose weight ${name} has the shape [${value.shape}]`;
    const got = found ? `[${found.dims}]` : 'no such weight';
    throw appError('FILE_INVALID', { path, line: 1, rule, value: got });
  }
  return found;
}

function randomTensor(value: Value, random: Random, temperature: number): Tensor<'float32'> {
  const dims = value.shape as readonly number[];
  const { name } = value;
  const elements = new Float32Array(elementCount(dims));
  if (name.endsWith('logit_scale')) elements.fill(Math.log(1 / temperature));
  else if (name.endsWith('LayerNorm.weight')) elements.fill(1);
  else if (!name.endsWith('.bias'))
    elements.forEach((_, i) => {
      elements[i] = deviation * random.normal();
    });
  // Row 0 stands for no width: it is read where the end is before the start, and never trains.
  if (name === 'width_embeddings.weight') elements.fill(0, 0, dims[1]);
  return tensor('float32', dims, elements);
}

/** A trained weight. Its shape follows from the bundle's sizes, which were checked. */
function trainedTensor(value: Value, trained: FloatTensors): Tensor<'float32'> | undefined {
  const found = trained.get(value.name);
  const isFit = found === undefined || found.dims.join() === value.shape.join();
  invariant(isFit, `${value.name} must have the shape [${value.shape}]`);
  return found;
}

/**
 * A tensor for each parameter of a training graph.
 *
 * Throws: FILE_INVALID when the pretrained encoder lacks a weight or has one of another shape.
 */
export function initialWeights(
  parameters: readonly Value[],
  options: InitialWeightOptions,
): Map<string, Tensor<'float32'>> {
  const random = createRandom(options.seed, purposes.initialWeights);
  const make = (value: Value): Tensor<'float32'> => {
    const name = options.pretrained ? pretrainedName(value.name) : null;
    if (name !== null) return pretrainedTensor(value, name, options);
    return randomTensor(value, random, options.temperature);
  };
  const trained = options.trained ?? new Map();
  return new Map(
    parameters.map((value) => [value.name, trainedTensor(value, trained) ?? make(value)]),
  );
}
