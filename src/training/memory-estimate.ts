/**
 * How much memory a run needs, before it starts: a run that is killed in its first hour for want of
 * memory has cost an hour.
 *
 * 12 bytes a trainable weight (itself and two moments), 4 a weight of the pretrained encoder, 4 a
 * weight of the encoders that evaluate and of a bundle that is gone on from, 1.4 times the values that
 * the largest step has at once (its gradients among them), 16 bytes a character of the documents, 150 a
 * mention of them, and 250 MB for Node.js and onnxruntime. Where batches are bounded by tokens, 1.8 times
 * the values of a step of one type besides. docs/recipes.md has what was measured.
 */
import { appError } from '../core/errors.ts';
import { maxTypeTokens } from '../ner/type-encoder.ts';
import { peakValueBytes } from '../onnx/peak-memory.ts';
import { elementCount } from '../onnx/tensor.ts';
import { specialTokensPerWindow } from '../text/windows.ts';
import { maxBatchTokens, maxBatchTypes } from './epoch-batches.ts';
import type { Inputs } from './inputs.ts';
import type { Recipe } from './recipe.ts';
import { longestDropout, trainingGraphOptions } from './trainer.ts';
import { buildTrainingGraph, type TrainingGraph } from './training-graph.ts';

const bytesPerTrainable = 12;
const bytesPerNumber = 4;
/** Of the values that a step has at once: what the allocator rounds up. Source: what runs took. */
const roundedUp = 1.4;
/**
 * Where batches are bounded by tokens and so have many shapes: what the allocator keeps of earlier ones,
 * of the values that a step has whatever its types. Source: what runs took.
 */
const keptOfShapes = 1.8;
const bytesPerCharacter = 16;
/** In its document and as a span of tokens; 124 were measured of objects alone. */
const bytesPerMention = 150;
const runtimeBytes = 250e6;

/** What memory follows from besides a recipe. */
type MeasuredInputs = Pick<Inputs, 'encoder' | 'corpora' | 'start'>;

/** Gold mentions of a step hardly matter: a few numbers each. */
const someMentions = 256;
const charactersPerToken = 4;

/** Tokens of the longest description, about. */
function descriptionTokens({ corpora }: MeasuredInputs): number {
  const characters = corpora.flatMap(({ types }) =>
    types.map(({ name, description }) => name.length + description.length),
  );
  const tokens = Math.ceil(Math.max(...characters) / charactersPerToken) + specialTokensPerWindow;
  return Math.min(tokens, maxTypeTokens);
}

/** The values of the largest step of so many types. */
function stepBytes(
  built: TrainingGraph,
  { inputs, recipe, types }: { inputs: MeasuredInputs; recipe: Recipe; types: number },
): number {
  const { windowTokens } = recipe;
  const outputs = [built.loss, ...built.gradients];
  const pool = recipe.dropout > 0 ? longestDropout(inputs, recipe) : 0;
  const values = peakValueBytes(built.graph, outputs, {
    B: Math.ceil(maxBatchTokens(recipe) / windowTokens),
    L: windowTokens,
    T: types,
    K: descriptionTokens(inputs),
    M: someMentions,
    R: pool,
    D: built.dropoutSites,
  });
  return values + pool * bytesPerNumber;
}

/** What steps take, with what the allocator keeps. */
function stepsBytes(built: TrainingGraph, inputs: MeasuredInputs, recipe: Recipe): number {
  const of = (types: number): number => stepBytes(built, { inputs, recipe, types });
  const largest = roundedUp * of(maxBatchTypes(inputs.corpora, recipe));
  return recipe.batchTokens === null ? largest : largest + keptOfShapes * of(1);
}

const documentsBytes = ({ corpora }: MeasuredInputs): number =>
  corpora
    .flatMap(({ train, dev }) => [...train, ...dev])
    .reduce(
      (sum, { text, mentions, uncertain = [] }) =>
        sum +
        bytesPerCharacter * text.length +
        bytesPerMention * (mentions.length + uncertain.length),
      0,
    );

/** Most memory that a run takes, its evaluations included. Units: bytes. */
export function estimateMemory(inputs: MeasuredInputs, recipe: Recipe): number {
  const graph = trainingGraphOptions(inputs, recipe);
  const built = buildTrainingGraph({ ...graph, dropout: recipe.dropout > 0 });
  const trainable = built.trainable.reduce(
    (sum, { shape }) => sum + elementCount(shape as readonly number[]),
    0,
  );
  const pretrained = [...inputs.encoder.weights.values()].reduce(
    (sum, { dims }) => sum + elementCount(dims),
    0,
  );
  return (
    runtimeBytes +
    (bytesPerTrainable + bytesPerNumber * (inputs.start ? 2 : 1)) * trainable +
    bytesPerNumber * pretrained +
    stepsBytes(built, inputs, recipe) +
    documentsBytes(inputs)
  );
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** What this process has and may still have: of the machine, or of its control group if that is less. */
const usableMemory = (): number => process.availableMemory() + process.memoryUsage.rss();

/**
 * Refuses a run that does not fit in memory. `usable` is in bytes.
 *
 * Throws: RECIPE_INVALID with the estimate and what there is.
 */
export function checkMemory(inputs: MeasuredInputs, recipe: Recipe, usable = usableMemory()): void {
  const needed = estimateMemory(inputs, recipe);
  if (needed <= usable) return;
  const field = recipe.batchTokens === null ? 'batchWindows' : 'batchTokens';
  const rule = `so small that the run fits in memory (it needs about ${gigabytes(needed)}, and ${gigabytes(usable)} can be had)`;
  throw appError('RECIPE_INVALID', { field, rule, value: recipe[field] });
}
