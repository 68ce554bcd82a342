/**
 * A bundle as the start of a run: the numbers that its stored weights stand for, by the names that
 * training has for them.
 *
 * Training has heads that serving does not need, so a bundle lacks them. The heads of starts and ends
 * begin as the parts of the span head that read starts and ends: at random they would first of all
 * teach the encoder noise, which is forgetting.
 */
import { appError } from '../core/errors.ts';
import type { Bundle } from '../ner/bundle.ts';
import type { Manifest } from '../ner/manifest.ts';
import { bundleTensors, wordEmbeddings } from '../ner/model-graphs.ts';
import { type FloatTensors, floatTensor } from '../ner/quantize.ts';
import { type Tensor, tensor } from '../onnx/tensor.ts';
import type { PretrainedEncoder } from './encoder-directory.ts';

/** The model that a run goes on from. */
export interface StartingPoint {
  readonly id: string;
  readonly name: string;
  /** How its meaning vectors are made, which further training does not change. */
  readonly meaning: Manifest['meaning'];
  /** What it adds to every threshold, as the run's model will. */
  readonly thresholdShift: number;
  /** By the names of the training graph's parameters, and the meaning head's if there is one. */
  readonly weights: FloatTensors;
}

const meaningPrefix = 'meaning_encoder.';

/** All weights of a bundle in float32. Throws: BUNDLE_INVALID when its encoders do not share words. */
function floatWeights({ manifest, weights }: Bundle, path: string): FloatTensors {
  if (manifest.words === 'own') {
    const rule = 'have one table of word embeddings for all encoders, to be trained further';
    throw appError('BUNDLE_INVALID', { path, rule, value: manifest.words });
  }
  return new Map(
    [...bundleTensors(manifest).keys()].map((name) => [name, floatTensor(weights, name)]),
  );
}

/** The encoder as it was before any training on mentions, which the bundle keeps for meanings. */
function pretrainedOf({ manifest }: Bundle, weights: FloatTensors): PretrainedEncoder {
  const own = [...weights].flatMap(([name, weight]) =>
    name.startsWith(meaningPrefix) ? [[name.slice(meaningPrefix.length), weight] as const] : [],
  );
  const words = weights.get(wordEmbeddings)!;
  return {
    settings: manifest.encoder,
    weights: new Map([...own, [`embeddings.${wordEmbeddings}`, words]]),
  };
}

/** Columns of a matrix. */
function columns({ dims, data }: Tensor<'float32'>, start: number, count: number) {
  const [rows = 0, width = 0] = dims;
  const part = new Float32Array(rows * count);
  for (let row = 0; row < rows; row += 1) {
    const begin = row * width + start;
    part.set(data.subarray(begin, begin + count), row * count);
  }
  return tensor('float32', [rows, count], part);
}

/** The heads that a bundle lacks, by the names of parameters. */
function boundaryHeads(weights: FloatTensors, hiddenSize: number): FloatTensors {
  const heads = (['start', 'end'] as const).flatMap((kind, place) => [
    [
      `${kind}_linear.weight`,
      columns(weights.get('span_linear.weight')!, place * hiddenSize, hiddenSize),
    ] as const,
    [`${kind}_linear.bias`, weights.get('span_linear.bias')!] as const,
    [`type_${kind}_linear.weight`, weights.get('type_span_linear.weight')!] as const,
    [`type_${kind}_linear.bias`, weights.get('type_span_linear.bias')!] as const,
    [`${kind}_logit_scale`, weights.get('span_logit_scale')!] as const,
  ]);
  return new Map(heads);
}

/** The first rows of a width table: windows of the bundle have no longer spans. */
function firstRows({ dims, data }: Tensor<'float32'>, rows: number): Tensor<'float32'> {
  const [, width = 0] = dims;
  return tensor('float32', [rows, width], data.subarray(0, rows * width));
}

/**
 * What a run needs of a bundle; `path` is for messages, `widthRows` the rows of its width table that
 * train. Throws: BUNDLE_INVALID.
 */
export function startingPoint(
  bundle: Bundle,
  path: string,
  widthRows: number,
): { encoder: PretrainedEncoder; start: StartingPoint } {
  const weights = floatWeights(bundle, path);
  const { id, manifest } = bundle;
  const widths = firstRows(weights.get('width_embeddings.weight')!, widthRows);
  const heads = boundaryHeads(weights, manifest.heads.hiddenSize);
  return {
    encoder: pretrainedOf(bundle, weights),
    start: {
      id,
      name: manifest.name,
      meaning: manifest.meaning,
      thresholdShift: manifest.thresholdShift ?? 0,
      weights: new Map([...weights, ...heads, ['width_embeddings.weight', widths]]),
    },
  };
}
