/**
 * A checkpoint of the official BINDER program as a bundle: trained there, served here.
 */
import { join } from 'node:path';
import { appError } from '../core/errors.ts';
import { readTextFile } from '../formats/text-file.ts';
import { type BundleContents, writeBundle } from '../ner/bundle.ts';
import type { ModelDescription } from '../ner/manifest.ts';
import { bundleTensors, type ModelSettings } from '../ner/model-graphs.ts';
import type { FloatTensors, Storage } from '../ner/quantize.ts';
import { type PretrainedEncoder, readPretrainedEncoder } from './encoder-directory.ts';
import { readTypes } from './inputs.ts';
import { isOfMeaning, readOfficialCheckpoint } from './official-checkpoint.ts';

/** What is imported, and what a checkpoint does not say of itself. */
export interface ImportOptions {
  /** The parameters under their official names, .safetensors. */
  readonly checkpointPath: string;
  /** The pretrained BERT encoder it was made of, as Hugging Face lays it out. */
  readonly encoderDirectory: string;
  readonly typesFile: string;
  readonly outDirectory: string;
  readonly name: string;
  readonly licence: string;
  readonly storage: Storage;
  /** Default: as the width table was made for, and 128 without one. */
  readonly windowTokens?: number;
  /** Default: 32, or as many as the window allows. */
  readonly overlapTokens?: number;
  /** Default: 30, as the official program decodes. */
  readonly maxSpanTokens?: number;
}

const defaults = { overlapTokens: 32, maxSpanTokens: 30 };
/** [CLS], [SEP] and one token to go on by. */
const leastAdvance = 3;

/** The pretrained encoder as the bundle's third one. Throws: FILE_INVALID. */
function meaningWeights(
  { weights }: PretrainedEncoder,
  settings: ModelSettings,
  path: string,
): FloatTensors {
  const needed = [...bundleTensors(settings)].filter(([name]) => isOfMeaning(name));
  return new Map(
    needed.map(([name, shape]) => {
      const own = name.replace(/^meaning_encoder\./, '');
      const found = weights.get(own) ?? weights.get(`embeddings.${own}`);
      if (found && String(found.dims) === String(shape)) return [name, found];
      const rule = `an encoder whose weight ${own} has the shape [${shape}]`;
      throw appError('FILE_INVALID', { path, line: 1, rule, value: found?.dims ?? null });
    }),
  );
}

/** How windows are served. Throws: ARGUMENT_INVALID. */
function windowSizes(options: ImportOptions, { encoder: { maxPositions }, heads }: ModelSettings) {
  const widest = heads.widthRows - 1;
  const {
    windowTokens = Math.min(widest, maxPositions),
    overlapTokens = Math.min(defaults.overlapTokens, windowTokens - leastAdvance),
    maxSpanTokens = Math.min(defaults.maxSpanTokens, widest, overlapTokens),
  } = options;
  const rules: readonly (readonly [boolean, string, string, number])[] = [
    [windowTokens <= maxPositions, '--window-tokens', `at most ${maxPositions}`, windowTokens],
    [
      overlapTokens <= windowTokens - leastAdvance,
      '--overlap-tokens',
      `at most ${windowTokens - leastAdvance}, so that windows advance`,
      overlapTokens,
    ],
    [
      maxSpanTokens >= 1 && maxSpanTokens <= Math.min(widest, overlapTokens),
      '--max-span-tokens',
      `from 1 to ${Math.min(widest, overlapTokens)}, the overlap and the width table`,
      maxSpanTokens,
    ],
  ];
  const broken = rules.find(([holds]) => !holds);
  if (broken) {
    const [, argument, rule, value] = broken;
    throw appError('ARGUMENT_INVALID', { argument, rule, value });
  }
  return { window: { maxTokens: windowTokens, overlapTokens }, maxSpanTokens };
}

const unknown = { name: 'unknown', licence: 'unknown' };

async function describe(
  options: ImportOptions,
  settings: ModelSettings,
  sizes: ReturnType<typeof windowSizes>,
): Promise<ModelDescription> {
  return {
    name: options.name,
    licence: options.licence,
    ...sizes,
    encoder: settings.encoder,
    heads: settings.heads,
    words: 'own',
    types: await readTypes(options.typesFile),
    meaning: { size: settings.encoder.hiddenSize, pooling: 'mean' },
    training: {
      encoder: unknown,
      data: [],
      recipe: { program: 'BINDER, the official program' },
      commit: 'unknown',
      date: new Date().toISOString(),
      hardware: 'unknown',
    },
    metrics: {},
  };
}

/** What the bundle is written from. */
async function importedContents(options: ImportOptions): Promise<BundleContents> {
  const { checkpointPath, encoderDirectory, storage } = options;
  const pretrained = await readPretrainedEncoder(encoderDirectory);
  const { settings, weights } = await readOfficialCheckpoint(checkpointPath, pretrained.settings);
  const sizes = windowSizes(options, settings);
  const encoderPath = join(encoderDirectory, 'model.safetensors');
  const meaning = meaningWeights(pretrained, settings, encoderPath);
  return {
    description: await describe(options, settings, sizes),
    tokenizerJson: await readTextFile(join(encoderDirectory, 'tokenizer.json')),
    weights: new Map([...weights, ...meaning]),
    storage,
  };
}

/**
 * Writes the bundle and returns its id.
 *
 * Throws: CHECKPOINT_INVALID, FILE_UNREADABLE, FILE_INVALID, ARGUMENT_INVALID.
 * Cost:   holds the checkpoint, the encoder and the bundle in memory: 1.8 GB for two BERT-base
 *         encoders in float32.
 */
export const importCheckpoint = async (options: ImportOptions): Promise<string> =>
  writeBundle(options.outDirectory, await importedContents(options));
