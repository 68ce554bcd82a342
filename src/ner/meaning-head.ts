/**
 * The meaning head of a bundle: a linear map that was taught which surface forms name the same thing
 * (`training/train-meaning.ts`). What it reads is the pretrained encoder's mean state of a form.
 */
import { dot, normalize } from '../core/vector.ts';
import type { Bundle } from './bundle.ts';
import { meaningHeadNames } from './model-graphs.ts';
import { floatTensor } from './quantize.ts';

/** Shapes: a unit mean state [H] -> a unit vector [meaning size]. */
export type MeaningHead = (mean: Float32Array) => Float32Array;

/** The head of a bundle, null when it has none. */
export function readMeaningHead({ manifest, weights }: Pick<Bundle, 'manifest' | 'weights'>) {
  const { head, size } = manifest.meaning;
  if (head === undefined) return null;
  const { hiddenSize } = manifest.encoder;
  const matrix = floatTensor(weights, meaningHeadNames.weight).data;
  const bias = floatTensor(weights, meaningHeadNames.bias).data;
  const row = (i: number) => matrix.subarray(i * hiddenSize, (i + 1) * hiddenSize);
  const rows = Array.from({ length: size }, (_, i) => row(i));
  const map: MeaningHead = (mean) =>
    normalize(Float32Array.from(rows, (weight, i) => dot(weight, mean) + bias[i]!));
  return map;
}
