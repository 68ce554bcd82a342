/**
 * The training loop's inside: what one step is, and where the run stands.
 *
 * Invariant: what a step does depends on inputs, recipe, arena and state alone, so a run that is saved
 * and resumed gives the same weights, bit for bit, as one that was not.
 */
import { appError } from '../core/errors.ts';
import { maxTypeTokens, typeText } from '../ner/type-encoder.ts';
import type { Tensors } from '../onnx/session.ts';
import { specialTokensPerWindow } from '../text/windows.ts';
import { adamwStep } from './adamw.ts';
import { BatchBuilder, type Masking, typeFeeds } from './batch.ts';
import { batchCount, epochOrder } from './epoch-order.ts';
import { createExamples, type Example } from './examples.ts';
import type { Inputs } from './inputs.ts';
import { learningRates } from './learning-rate.ts';
import { createRandom, purposes } from './random.ts';
import type { Recipe } from './recipe.ts';
import { freshRunState, type RunState } from './run-state.ts';
import { openTrainingState, type TrainingState } from './training-state.ts';

/** What a step did. */
export interface StepResult {
  readonly loss: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Tokens that were read, padding not counted. */
  readonly tokens: number;
  /** Of the encoders. */
  readonly learningRate: number;
}

/** How to run. */
export interface TrainerOptions {
  readonly threads?: number;
  readonly profilePath?: string;
}

/** Rows of the width table: one for each width a span can have, and row 0. */
export const widthRows = ({ candidateTokens, windowTokens }: Recipe): number =>
  (candidateTokens ?? windowTokens) + 1;

async function keptExamples({ train, types, tokenizer }: Inputs, recipe: Recipe) {
  const examples = await createExamples(train, {
    tokenizer,
    types: types.map(({ name }) => name),
    windowTokens: recipe.windowTokens,
    overlapTokens: recipe.overlapTokens,
    maxSpanTokens: recipe.candidateTokens,
  });
  const random = createRandom(recipe.seed, purposes.emptyWindows);
  return examples.filter(
    ({ gold }) => random.uniform() < recipe.emptyWindowShare || gold.length > 0,
  );
}

async function descriptionFeeds({ types, tokenizer, encoder }: Inputs): Promise<Tensors> {
  const { cls, sep, pad } = tokenizer.special;
  const longest = Math.min(maxTypeTokens, encoder.settings.maxPositions) - specialTokensPerWindow;
  const encodings = await tokenizer.encodeAll(types.map(typeText));
  const sequences = encodings.map(({ ids }) => [cls, ...ids.subarray(0, longest), sep]);
  return typeFeeds(
    sequences.map((tokens) => Int32Array.from(tokens)),
    pad,
  );
}

/** Elements of the largest array that dropout is applied to. */
function longestDropout({ encoder, types }: Inputs, recipe: Recipe): number {
  const { hiddenSize, heads } = encoder.settings;
  const widest = Math.max(hiddenSize, recipe.embeddingSize);
  const largest = (sequences: number, length: number): number =>
    sequences * length * Math.max(widest, heads * length);
  return Math.max(
    largest(recipe.batchWindows, recipe.windowTokens),
    largest(types.length, maxTypeTokens),
  );
}

/** Compiles the graph for a recipe, with the pretrained weights. */
function openState(inputs: Inputs, recipe: Recipe, options: TrainerOptions) {
  const { settings } = inputs.encoder;
  const heads = {
    hiddenSize: settings.hiddenSize,
    embeddingSize: recipe.embeddingSize,
    widthSize: recipe.widthSize,
    widthRows: widthRows(recipe),
  };
  return openTrainingState({
    ...options,
    graph: { encoder: settings, heads, loss: recipe.lossWeights, words: 'frozen' },
    initial: {
      pretrained: inputs.encoder,
      path: inputs.encoderPath,
      seed: recipe.seed,
      temperature: recipe.temperature,
    },
    dropoutRate: recipe.dropout,
    longestDropout: longestDropout(inputs, recipe),
  });
}

/** A model in training, step by step. */
export class Trainer {
  readonly model: TrainingState;
  readonly examples: readonly Example[];
  readonly stepsPerEpoch: number;
  readonly steps: number;
  /** Where the run stands; set it to resume. */
  state: RunState = freshRunState;
  readonly #recipe: Recipe;
  readonly #batches: BatchBuilder;
  readonly #types: Tensors;
  readonly #maskToken: number;
  #order: { readonly epoch: number; readonly batches: readonly number[][] } | undefined;

  private constructor(
    recipe: Recipe,
    parts: Pick<Trainer, 'model' | 'examples'> & {
      batches: BatchBuilder;
      types: Tensors;
      maskToken: number;
    },
  ) {
    this.#recipe = recipe;
    this.model = parts.model;
    this.examples = parts.examples;
    this.#batches = parts.batches;
    this.#types = parts.types;
    this.#maskToken = parts.maskToken;
    this.stepsPerEpoch = batchCount(parts.examples.length, recipe.batchWindows);
    this.steps = this.stepsPerEpoch * recipe.epochs;
  }

  /** Throws: ARGUMENT_INVALID when nothing is left to learn from; as `openTrainingState`. */
  static async open(inputs: Inputs, recipe: Recipe, options: TrainerOptions = {}) {
    const examples = await keptExamples(inputs, recipe);
    if (examples.every(({ gold }) => gold.length === 0)) {
      const rule = 'annotated with at least one mention of the types';
      const value = inputs.types.map(({ name }) => name);
      throw appError('ARGUMENT_INVALID', { argument: 'The training documents', rule, value });
    }
    const batches = new BatchBuilder({
      types: inputs.types.length,
      padToken: inputs.tokenizer.special.pad,
      maxWindows: recipe.batchWindows,
      windowTokens: recipe.windowTokens,
      maxSpanTokens: recipe.candidateTokens,
      widthRows: widthRows(recipe),
    });
    const model = await openState(inputs, recipe, options);
    const types = await descriptionFeeds(inputs);
    return new Trainer(recipe, { model, examples, batches, types, maskToken: inputs.maskToken });
  }

  /**
   * Learns from the next batch of the epoch, which must have one.
   *
   * Throws: RECIPE_INVALID, with the weights unchanged, when the loss is no number any more.
   */
  async step(): Promise<StepResult> {
    const { epoch, epochStep, step } = this.state;
    const examples = this.#batch(epoch, epochStep);
    const loss = await this.model.run({
      ...this.#batches.build(examples, this.#masking(epoch, epochStep)),
      ...this.#types,
      ...this.model.dropout.feeds(epoch, epochStep),
    });
    if (!Number.isFinite(loss)) throw diverged(this.#recipe, step);
    const rates = learningRates(step, this.steps, this.#recipe);
    const gradientNorm = adamwStep(this.model.arena, {
      step: step + 1,
      learningRates: rates,
      weightDecay: this.#recipe.weightDecay,
      clipNorm: this.#recipe.clipNorm,
    });
    if (!Number.isFinite(gradientNorm)) throw diverged(this.#recipe, step);
    this.state = { ...this.state, epochStep: epochStep + 1, step: step + 1 };
    const tokens = examples.reduce((sum, example) => sum + example.tokens.length, 0);
    return { loss, gradientNorm, tokens, learningRate: rates.encoder };
  }

  /** Makes the next step the first of the next epoch. */
  endEpoch(): void {
    this.state = { ...this.state, epoch: this.state.epoch + 1, epochStep: 0 };
  }

  close(): Promise<void> {
    return this.model.close();
  }

  #masking(epoch: number, epochStep: number): Masking | undefined {
    const { seed, maskShare: share } = this.#recipe;
    if (share === 0) return undefined;
    return {
      share,
      token: this.#maskToken,
      random: createRandom(seed, purposes.maskedTokens, epoch, epochStep),
    };
  }

  #batch(epoch: number, epochStep: number): Example[] {
    const { seed, batchWindows } = this.#recipe;
    if (this.#order?.epoch !== epoch) {
      const lengths = this.examples.map(({ tokens }) => tokens.length);
      this.#order = { epoch, batches: epochOrder(lengths, { seed, epoch, batchWindows }) };
    }
    return this.#order.batches[epochStep]!.map((index) => this.examples[index]!);
  }
}

const diverged = ({ learningRate }: Recipe, step: number) =>
  appError('RECIPE_INVALID', {
    field: 'learningRate',
    rule: `so low that the loss stays a number (it did not in step ${step + 1})`,
    value: learningRate,
  });
