/**
 * The model in training as a bundle: in memory to be evaluated, on disk when the run is done.
 */
import { cpus } from 'node:os';
import type { Bundle, BundleContents } from '../ner/bundle.ts';
import type { ModelDescription } from '../ner/manifest.ts';
import { bundleTensors, meaningHeadNames, wordEmbeddings } from '../ner/model-graphs.ts';
import { type FloatTensors, type Storage, storeWeights } from '../ner/quantize.ts';
import type { Inputs } from './inputs.ts';
import { createRandom, purposes } from './random.ts';
import { roundedAtRandom } from './random-rounding.ts';
import { type Recipe, servingWindow, widthRows } from './recipe.ts';
import type { RunCost } from './run-cost.ts';
import type { EpochEvaluation } from './run-state.ts';
import type { Trainer } from './trainer.ts';
import { changedType, type TypeChange } from './type-changes.ts';

/** What is known of a model besides its weights. */
export interface ModelFacts {
  readonly inputs: Inputs;
  readonly recipe: Recipe;
  /** Of this program's source, in hexadecimal, or 'unknown'. */
  readonly commit: string;
  readonly best: EpochEvaluation | null;
  /** What the run took so far; left out when nobody counted. */
  readonly cost?: RunCost;
  /** What became of each type, in a run that went on from a bundle. */
  readonly changes?: readonly TypeChange[];
}

/** What is recorded of quality. */
function metricsOf({ best, changes }: ModelFacts): ModelDescription['metrics'] {
  if (best === null) return {};
  const recorded = { dev: best.quality.corpora, epoch: best.epoch };
  if (changes === undefined) return recorded;
  const byType = changes.map(({ type, corpus, ...change }) => [
    changedType({ type, corpus }),
    change,
  ]);
  return { ...recorded, changes: Object.fromEntries(byType) };
}

/** The recipe, and which bundle it was applied to. */
function recipeOf({
  recipe,
  inputs: { start },
}: ModelFacts): ModelDescription['training']['recipe'] {
  return start === undefined ? recipe : { ...recipe, from: { id: start.id, name: start.name } };
}

/** What is recorded of time and memory: a run without a step has no speed. */
function costOf({ cost }: ModelFacts) {
  if (cost === undefined || cost.tokens === 0) return {};
  const { seconds, stepSeconds, tokens, peakMemoryBytes } = cost;
  return {
    seconds: Math.round(seconds),
    tokensPerSecond: Math.round(tokens / stepSeconds),
    peakMemoryBytes,
  };
}

function describe(facts: ModelFacts): ModelDescription {
  const { inputs, recipe, commit } = facts;
  const { hiddenSize } = inputs.encoder.settings;
  const { embeddingSize, widthSize } = recipe;
  return {
    name: recipe.name,
    licence: recipe.licence,
    encoder: inputs.encoder.settings,
    heads: { hiddenSize, embeddingSize, widthSize, widthRows: widthRows(recipe) },
    window: { maxTokens: servingWindow(recipe), overlapTokens: recipe.servingOverlapTokens },
    maxSpanTokens: recipe.maxSpanTokens,
    ...(inputs.start?.thresholdShift && { thresholdShift: inputs.start.thresholdShift }),
    types: inputs.types,
    meaning: inputs.start?.meaning ?? { size: hiddenSize, pooling: 'mean' },
    training: {
      encoder: recipe.credits.encoder,
      data: recipe.credits.data,
      recipe: recipeOf(facts),
      commit,
      date: new Date().toISOString(),
      hardware: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
      ...costOf(facts),
    },
    metrics: metricsOf(facts),
  };
}

/** What was trained, as a bundle is to keep it. */
function trainedWeights(
  { model }: Trainer,
  { inputs, recipe }: ModelFacts,
  storage: Storage,
): FloatTensors {
  if (inputs.start === undefined || recipe.corpora.length > 0) return model.weights;
  const random = createRandom(recipe.seed, purposes.storedWeights);
  return new Map([...model.weights, ...roundedAtRandom(model.arena.weights, storage, random)]);
}

/** All weights of the bundle: what was trained, and the pretrained encoder and its head for meanings. */
function allWeights(trained: FloatTensors, { encoder, start }: Inputs): FloatTensors {
  const meaning = [...encoder.weights].map(
    ([name, weight]) => [`meaning_encoder.${name}`, weight] as const,
  );
  const head = Object.values(meaningHeadNames).flatMap((name) => {
    const weight = start?.weights.get(name);
    return weight ? [[name, weight] as const] : [];
  });
  const words = encoder.weights.get(`embeddings.${wordEmbeddings}`);
  return new Map([
    ...meaning,
    ...head,
    ...trained,
    ...(words ? [[wordEmbeddings, words] as const] : []),
  ]);
}

/** What a bundle is written from. Arrays that are stored as they are, are the trainer's own. */
export function bundleContents(
  trainer: Trainer,
  facts: ModelFacts,
  storage: Storage,
): BundleContents {
  return {
    description: describe(facts),
    tokenizerJson: facts.inputs.tokenizerJson,
    weights: allWeights(trainedWeights(trainer, facts, storage), facts.inputs),
    storage,
  };
}

/**
 * The model as if it had been written and read, without either.
 * Invariant: valid until the next step changes the weights.
 */
export function bundleInMemory(
  trainer: Trainer,
  facts: ModelFacts,
  storage: Storage = { kind: 'float32' },
): Bundle {
  const { description, weights } = bundleContents(trainer, facts, storage);
  const needed = [...bundleTensors(description).keys()];
  const floats = new Map(needed.map((name) => [name, weights.get(name)!]));
  return {
    id: `in training, step ${trainer.state.step}`,
    manifest: { formatVersion: 1, checksum: '', files: [], ...description },
    tokenizer: facts.inputs.tokenizer,
    weights: storeWeights(floats, storage),
  };
}
