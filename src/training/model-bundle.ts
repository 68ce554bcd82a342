/**
 * The model in training as a bundle: in memory to be evaluated, on disk when the run is done.
 */
import { cpus } from 'node:os';
import type { Bundle, BundleContents } from '../ner/bundle.ts';
import type { ModelDescription } from '../ner/manifest.ts';
import { bundleTensors, wordEmbeddings } from '../ner/model-graphs.ts';
import type { Tensor } from '../onnx/tensor.ts';
import type { Inputs } from './inputs.ts';
import { type Recipe, servingWindow } from './recipe.ts';
import type { EpochEvaluation } from './run-state.ts';
import { type Trainer, widthRows } from './trainer.ts';

/** What is known of a model besides its weights. */
export interface ModelFacts {
  readonly inputs: Inputs;
  readonly recipe: Recipe;
  /** Of this program's source, in hexadecimal, or 'unknown'. */
  readonly commit: string;
  readonly best: EpochEvaluation | null;
}

function describe({ inputs, recipe, commit, best }: ModelFacts): ModelDescription {
  const { hiddenSize } = inputs.encoder.settings;
  const { embeddingSize, widthSize } = recipe;
  return {
    name: recipe.name,
    licence: recipe.licence,
    encoder: inputs.encoder.settings,
    heads: { hiddenSize, embeddingSize, widthSize, widthRows: widthRows(recipe) },
    window: { maxTokens: servingWindow(recipe), overlapTokens: recipe.servingOverlapTokens },
    maxSpanTokens: recipe.maxSpanTokens,
    types: inputs.types,
    meaning: { size: hiddenSize, pooling: 'mean' },
    training: {
      encoder: recipe.credits.encoder,
      data: recipe.credits.data,
      recipe,
      commit,
      date: new Date().toISOString(),
      hardware: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    },
    metrics: best === null ? {} : { dev: best.quality.corpora, epoch: best.epoch },
  };
}

/** All weights of the bundle: what was trained, and the pretrained encoder for meanings. */
function allWeights(
  trained: ReadonlyMap<string, Tensor<'float32'>>,
  { encoder }: Inputs,
): Map<string, Tensor<'float32'>> {
  const meaning = [...encoder.weights].map(
    ([name, weight]) => [`meaning_encoder.${name}`, weight] as const,
  );
  const words = encoder.weights.get(`embeddings.${wordEmbeddings}`);
  return new Map([...meaning, ...trained, ...(words ? [[wordEmbeddings, words] as const] : [])]);
}

/** What a bundle is written from. The arrays are those of the trainer, not copies. */
export function bundleContents(trainer: Trainer, facts: ModelFacts): BundleContents {
  return {
    description: describe(facts),
    tokenizerJson: facts.inputs.tokenizerJson,
    weights: allWeights(trainer.model.weights, facts.inputs),
    storage: { kind: 'float32' },
  };
}

/**
 * The model as if it had been written and read, without either.
 * Invariant: valid until the next step changes the weights.
 */
export function bundleInMemory(trainer: Trainer, facts: ModelFacts): Bundle {
  const { description, weights } = bundleContents(trainer, facts);
  const needed = [...bundleTensors(description).keys()];
  return {
    id: `in training, step ${trainer.state.step}`,
    manifest: { formatVersion: 1, checksum: '', files: [], ...description },
    tokenizer: facts.inputs.tokenizer,
    weights: new Map(needed.map((name) => [name, weights.get(name)!])),
  };
}
