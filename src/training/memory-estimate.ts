/**
 * How much memory a run needs, before it starts: a run that is killed in its first hour for want of
 * memory has cost an hour.
 *
 * 12 bytes a trainable weight (itself and two moments), 4 a weight of the pretrained encoder, 4 a
 * weight of the encoders that evaluate and of a bundle that is gone on from, 1.4 or 2.95 times the values
 * that the largest step has at once (its gradients among them), 16 bytes a character of the documents,
 * and 250 MB for Node.js and onnxruntime. docs/recipes.md has what was measured.
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
/**
 * What the allocator takes for what a step has at once: what it rounds up, and where batches are bounded
 * by tokens and so have many shapes, what it keeps of earlier ones. Source: what runs took.
 */
const valuesFactor = ({ batchTokens }: Recipe): number => (batchTokens === null ? 1.4 : 2.95);
const bytesPerCharacter = 16;
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

/** The values of the largest step. */
function stepBytes(built: TrainingGraph, inputs: MeasuredInputs, recipe: Recipe): number {
  const { windowTokens } = recipe;
  const outputs = [built.loss, ...built.gradients];
  const pool = recipe.dropout > 0 ? longestDropout(inputs, recipe) : 0;
  const values = peakValueBytes(built.graph, outputs, {
    B: Math.ceil(maxBatchTokens(recipe) / windowTokens),
    L: windowTokens,
    T: maxBatchTypes(inputs.corpora, recipe),
    K: descriptionTokens(inputs),
    M: someMentions,
    R: pool,
    D: built.dropoutSites,
  });
  return values + pool * bytesPerNumber;
}

const characterCount = ({ corpora }: MeasuredInputs): number =>
  corpora
    .flatMap(({ train, dev }) => [...train, ...dev])
    .reduce((sum, { text }) => sum + text.length, 0);

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
    valuesFactor(recipe) * stepBytes(built, inputs, recipe) +
    bytesPerCharacter * characterCount(inputs)
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
