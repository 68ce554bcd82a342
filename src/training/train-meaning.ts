/**
 * Gives a bundle a meaning head: reads which surface forms name the same thing, encodes each with the
 * bundle's own pretrained encoder, trains the head, and writes another bundle with it.
 *
 * Everything else stays as it is stored, bit for bit, so types, scores and mentions do not change.
 */
import { join } from 'node:path';
import { encodeFloat16 } from '../core/float16.ts';
import { readTextFile } from '../formats/text-file.ts';
import { type Bundle, readBundle, writeStoredBundle } from '../ner/bundle.ts';
import type { Manifest, ModelDescription } from '../ner/manifest.ts';
import { openMeaningEncoder } from '../ner/meaning-encoder.ts';
import { meaningHeadNames } from '../ner/model-graphs.ts';
import type { StoredTensors } from '../ner/quantize.ts';
import { type Tensor, tensor } from '../onnx/tensor.ts';
import { type ConceptForms, readConceptForms } from './concept-forms.ts';
import {
  type MeaningHeadSettings,
  type OnMeaningStep,
  type TrainedMeaningHead,
  trainMeaningHead,
} from './meaning-head.ts';

/** What `trainMeaning` is told. */
export interface TrainMeaningOptions {
  /** Of the bundle that gets a head, or another in its place. */
  readonly modelDirectory: string;
  /** Annotated documents whose entities have a "concept", .jsonl or .jsonl.gz. */
  readonly conceptFiles: readonly string[];
  /** Whom to credit for them. */
  readonly credits: NonNullable<Manifest['meaning']['head']>['data'];
  /** Where the new bundle goes; it may be `modelDirectory`. */
  readonly outDirectory: string;
  readonly settings?: Partial<MeaningHeadSettings>;
  readonly onStep?: OnMeaningStep;
}

/** What came of it. */
export interface MeaningResult {
  /** Of the bundle that was written. */
  readonly modelId: string;
  readonly forms: number;
  readonly pairs: number;
  /** Numbers of a meaning vector. */
  readonly size: number;
  readonly loss: number;
}

/** Chosen on bc5cdr's development documents: docs/ablations.md. */
export const defaultMeaningSettings: MeaningHeadSettings = {
  size: 128,
  steps: 100,
  learningRate: 3e-3,
  temperature: 0.05,
  dropout: 0.2,
  batchForms: 4_096,
  seed: 42,
};

/** The unit mean states of forms, in order, each [H]. */
async function meansOf(bundle: Bundle, forms: readonly string[]): Promise<Float32Array[]> {
  const encoder = await openMeaningEncoder(bundle, { withHead: false });
  try {
    const { tokens, batches } = await encoder.prepare(forms);
    const means: Float32Array[] = [];
    for (const { members, paddedLength } of batches) {
      const batch = members.map((index) => tokens[index]!);
      const encoded = await encoder.encode(batch, paddedLength);
      members.forEach((index, i) => {
        means[index] = encoded[i]!;
      });
    }
    return means;
  } finally {
    await encoder.close();
  }
}

/** Pairs of forms that name the same thing, each counted once for each concept. */
const pairCount = ({ groups }: ConceptForms): number =>
  groups.reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);

/** As the other small weights of a bundle are stored. */
const asStored = (weight: Tensor<'float32'>, bundle: Bundle): Tensor =>
  bundle.weights.get('span_linear.weight')?.type === 'float32'
    ? weight
    : tensor('float16', weight.dims, encodeFloat16(weight.data));

/** The bundle's tensors with the head's, in place of an earlier head's. */
const withHead = (bundle: Bundle, { weight, bias }: TrainedMeaningHead): StoredTensors =>
  new Map([
    ...bundle.weights,
    [meaningHeadNames.weight, asStored(weight, bundle)],
    [meaningHeadNames.bias, asStored(bias, bundle)],
  ]);

function describe(manifest: Manifest, meaning: ModelDescription['meaning']): ModelDescription {
  const { formatVersion: _, checksum: __, files: ___, ...description } = manifest;
  return { ...description, meaning };
}

/**
 * Trains the head and writes the bundle.
 *
 * Throws: BUNDLE_INVALID, FILE_UNREADABLE, FILE_INVALID; ARGUMENT_INVALID when no concept has two names.
 * Cost:   about a minute for 2,300 forms on two cores.
 */
export async function trainMeaning(options: TrainMeaningOptions): Promise<MeaningResult> {
  const { modelDirectory, outDirectory, credits: data } = options;
  const settings = { ...defaultMeaningSettings, ...options.settings };
  const bundle = await readBundle(modelDirectory);
  const tokenizerJson = await readTextFile(join(modelDirectory, 'tokenizer.json'));
  const concepts = await readConceptForms(options.conceptFiles);
  const means = await meansOf(bundle, concepts.forms);
  const head = await trainMeaningHead({ ...concepts, means }, settings, options.onStep);
  const [forms, pairs] = [concepts.forms.length, pairCount(concepts)];
  const { size } = settings;
  const meaning = { size, pooling: 'mean', head: { kind: 'LINEAR', data, forms, pairs } } as const;
  const modelId = await writeStoredBundle(outDirectory, {
    description: describe(bundle.manifest, meaning),
    tokenizerJson,
    weights: withHead(bundle, head),
  });
  return { modelId, forms, pairs, size, loss: head.loss };
}
