/**
 * Rounds weights to the integers of their storage at random, up or down by how near each is, so that
 * a small change survives on average.
 *
 * A run that goes on from a bundle starts on the very numbers that 8 bits can hold. It moves most
 * weights by less than half a step, and rounding to the nearest would take all of it back.
 * Source: stochastic rounding (Gupta et al. 2015).
 */
import { type FloatTensors, type Storage, scaleName, storeWeights } from '../ner/quantize.ts';
import { type Tensor, tensor } from '../onnx/tensor.ts';
import type { Random } from './random.ts';

/** What float32 makes of a whole number, and not a change by training. */
const tolerance = 1e-4;

/** A neighbouring integer whose mean over many draws is the number. */
function roundAtRandom(number: number, random: Random): number {
  const nearest = Math.round(number);
  return Math.abs(number - nearest) < tolerance ? nearest : Math.floor(number + random.uniform());
}

function roundedRows(
  { dims, data }: Tensor<'float32'>,
  scales: Float32Array,
  random: Random,
): Tensor<'float32'> {
  const [, columns = 0] = dims;
  const rounded = new Float32Array(data.length);
  data.forEach((weight, place) => {
    const scale = scales[Math.floor(place / columns)]!;
    rounded[place] = scale === 0 ? weight : roundAtRandom(weight / scale, random) * scale;
  });
  return tensor('float32', dims, rounded);
}

/** The weights, those that are stored as integers at values that the storage keeps as they are. */
export function roundedAtRandom(
  weights: FloatTensors,
  storage: Storage,
  random: Random,
): FloatTensors {
  if (storage.kind === 'float32') return weights;
  const round = (name: string, weight: Tensor<'float32'>): Tensor<'float32'> => {
    const stored = storeWeights(new Map([[name, weight]]), storage);
    const scale = stored.get(scaleName(name));
    return scale ? roundedRows(weight, scale.data as Float32Array, random) : weight;
  };
  return new Map([...weights].map(([name, weight]) => [name, round(name, weight)]));
}
