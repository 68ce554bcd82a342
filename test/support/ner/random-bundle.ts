/**
 * A model of the right form with random weights: it finds nonsense, but finds it as a real one would.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BundleContents, writeBundle } from '../../../src/ner/bundle.ts';
import type { ModelDescription } from '../../../src/ner/manifest.ts';
import { bundleTensors } from '../../../src/ner/model-graphs.ts';
import type { FloatTensors } from '../../../src/ner/quantize.ts';
import { elementCount, floats } from '../../../src/onnx/tensor.ts';
import { tinyTokenizerJson } from '../text/tiny-tokenizer.ts';
import { seededRandom } from '../vectors/random-vectors.ts';

/** Evenly spread numbers from -1 to 1, the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  const random = seededRandom(seed);
  return () => 2 * random() - 1;
}

const vocabularySize = Object.keys(
  (JSON.parse(tinyTokenizerJson()) as { model: { vocab: object } }).model.vocab,
).length;

/** Two layers of 32: a window takes a millisecond. */
export const tinyDescription: ModelDescription = {
  name: 'random',
  licence: 'Apache-2.0',
  encoder: {
    layers: 2,
    hiddenSize: 32,
    heads: 4,
    intermediateSize: 64,
    vocabularySize,
    maxPositions: 128,
    layerNormEpsilon: 1e-12,
  },
  heads: { hiddenSize: 32, embeddingSize: 16, widthSize: 8, widthRows: 129 },
  window: { maxTokens: 128, overlapTokens: 32 },
  maxSpanTokens: 30,
  types: [
    { name: 'Chemical', description: 'aspirin, caffeine, lithium carbonate' },
    { name: 'Disease', description: 'headache, tremor' },
  ],
  meaning: { size: 32, pooling: 'mean' },
  training: {
    encoder: { name: 'random', licence: 'Apache-2.0' },
    data: [],
    recipe: {},
    commit: 'unknown',
    date: '2026-01-01',
    hardware: 'none',
  },
  metrics: {},
};

/** Weights as a fresh model has them, but large enough that tokens differ. */
export function randomWeights(description: ModelDescription, seed = 1): FloatTensors {
  const random = randomNumbers(seed);
  const values = (name: string, count: number): number[] => {
    if (name.endsWith('LayerNorm.weight')) return Array.from({ length: count }, () => 1);
    if (name === 'span_logit_scale') return [Math.log(1 / 0.07)];
    // Widths matter most, and that of one token to the threshold: few spans are mentions.
    if (name === 'width_embeddings.weight')
      return Array.from({ length: count }, () => 3 * random());
    return Array.from({ length: count }, () => 0.3 * random());
  };
  return new Map(
    [...bundleTensors(description)].map(([name, shape]) => [
      name,
      floats(shape, values(name, elementCount(shape))),
    ]),
  );
}

/** Contents of a bundle of random weights. */
export const randomContents = (change: Partial<BundleContents> = {}): BundleContents => ({
  description: tinyDescription,
  tokenizerJson: tinyTokenizerJson(),
  weights: randomWeights(change.description ?? tinyDescription),
  storage: { kind: 'compact', levels: 127 },
  ...change,
});

/** A new folder for one test file, with the function that removes it. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'spandex-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Writes a bundle of random weights and returns its folder. */
export async function writeRandomBundle(
  parent: string,
  change: Partial<BundleContents> = {},
): Promise<string> {
  const directory = join(parent, 'bundle');
  await writeBundle(directory, randomContents(change));
  return directory;
}
