/**
 * The training loop's inside: what one step is, and where the run stands.
 *
 * Invariant: what a step does depends on inputs, recipe, arena and state alone, so a run that is saved
 * and resumed gives the same weights, bit for bit, as one that was not.
 */
import { appError } from '../core/errors.ts';
import { maxTypeTokens } from '../ner/type-encoder.ts';
import { adamwStep } from './adamw.ts';
import { BatchBuilder, type Masking, typeFeeds } from './batch.ts';
import { EpochBatches, maxBatchTokens, maxBatchTypes, maxBatchWindows } from './epoch-batches.ts';
import type { Inputs } from './inputs.ts';
import { learningRates } from './learning-rate.ts';
import { createRandom, purposes } from './random.ts';
import { type Recipe, widthRows } from './recipe.ts';
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

/** Elements of the largest array that dropout is applied to. */
export function longestDropout(
  { encoder, corpora }: Pick<Inputs, 'encoder' | 'corpora'>,
  recipe: Recipe,
): number {
  const { hiddenSize, heads } = encoder.settings;
  const widest = Math.max(hiddenSize, recipe.embeddingSize);
  const largest = (tokens: number, length: number): number =>
    tokens * Math.max(widest, heads * length);
  return Math.max(
    largest(maxBatchTokens(recipe), recipe.windowTokens),
    largest(maxBatchTypes(corpora, recipe) * maxTypeTokens, maxTypeTokens),
  );
}

/** The graph of a step, but for whether it drops out. */
export function trainingGraphOptions(
  { encoder: { settings } }: Pick<Inputs, 'encoder'>,
  recipe: Recipe,
) {
  const heads = {
    hiddenSize: settings.hiddenSize,
    embeddingSize: recipe.embeddingSize,
    widthSize: recipe.widthSize,
    widthRows: widthRows(recipe),
  };
  return { encoder: settings, heads, loss: recipe.lossWeights, words: 'frozen' } as const;
}

/** Compiles the graph for a recipe, with the pretrained weights. */
function openState(inputs: Inputs, recipe: Recipe, options: TrainerOptions) {
  return openTrainingState({
    ...options,
    graph: trainingGraphOptions(inputs, recipe),
    initial: {
      pretrained: inputs.encoder,
      path: inputs.encoderPath,
      seed: recipe.seed,
      temperature: recipe.temperature,
      ...(inputs.start && { trained: inputs.start.weights }),
    },
    dropoutRate: recipe.dropout,
    longestDropout: longestDropout(inputs, recipe),
  });
}

/** A model in training, step by step. */
export class Trainer {
  readonly model: TrainingState;
  /** Steps of the whole run. */
  readonly steps: number;
  /** Where the run stands; set it to resume. */
  state: RunState = freshRunState;
  readonly #recipe: Recipe;
  readonly #batches: EpochBatches;
  readonly #builder: BatchBuilder;
  readonly #tokenizer: Pick<Inputs, 'tokenizer' | 'maskToken'>;

  private constructor(
    inputs: Inputs,
    recipe: Recipe,
    { model, batches }: { model: TrainingState; batches: EpochBatches },
  ) {
    this.#recipe = recipe;
    this.#tokenizer = inputs;
    this.#batches = batches;
    this.#builder = new BatchBuilder({
      maxTypes: maxBatchTypes(inputs.corpora, recipe),
      padToken: inputs.tokenizer.special.pad,
      maxWindows: maxBatchWindows(recipe),
      maxTokens: maxBatchTokens(recipe),
      windowTokens: recipe.windowTokens,
      maxSpanTokens: recipe.candidateTokens,
      widthRows: widthRows(recipe),
    });
    this.model = model;
    this.steps = batches.steps.reduce((sum, steps) => sum + steps, 0);
  }

  /** Throws: ARGUMENT_INVALID when nothing is left to learn from; as `openTrainingState`. */
  static async open(inputs: Inputs, recipe: Recipe, options: TrainerOptions = {}) {
    const batches = await EpochBatches.open(inputs, recipe);
    if (!batches.hasMentions) {
      const rule = 'annotated with at least one mention of the types';
      const value = inputs.corpora.flatMap(({ types }) => types.map(({ name }) => name));
      throw appError('ARGUMENT_INVALID', { argument: 'The training documents', rule, value });
    }
    const model = await openState(inputs, recipe, options);
    return new Trainer(inputs, recipe, { model, batches });
  }

  /** Steps of the epoch that is under way. */
  get epochSteps(): number {
    return this.#batches.steps[this.state.epoch] ?? 0;
  }

  /**
   * Learns from the next batch of the epoch, which must have one.
   *
   * Throws: RECIPE_INVALID, with the weights unchanged, when the loss is no number any more.
   */
  async step(): Promise<StepResult> {
    const { epoch, epochStep, step } = this.state;
    const batch = this.#batches.batch(epoch, epochStep);
    const { tokenizer } = this.#tokenizer;
    const loss = await this.model.run({
      ...this.#builder.build({ ...batch, ...this.#masking(epoch, epochStep) }),
      ...typeFeeds(batch.descriptions, tokenizer.special.pad),
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
    const tokens = batch.examples.reduce((sum, example) => sum + example.tokens.length, 0);
    return { loss, gradientNorm, tokens, learningRate: rates.encoder };
  }

  /** Makes the next step the first of the next epoch. */
  endEpoch(): void {
    this.state = { ...this.state, epoch: this.state.epoch + 1, epochStep: 0 };
  }

  close(): Promise<void> {
    return this.model.close();
  }

  #masking(epoch: number, epochStep: number): { masking?: Masking } {
    const { seed, maskShare: share } = this.#recipe;
    if (share === 0) return {};
    const random = createRandom(seed, purposes.maskedTokens, epoch, epochStep);
    return { masking: { share, token: this.#tokenizer.maskToken, random } };
  }
}

const diverged = ({ learningRate }: Recipe, step: number) =>
  appError('RECIPE_INVALID', {
    field: 'learningRate',
    rule: `so low that the loss stays a number (it did not in step ${step + 1})`,
    value: learningRate,
  });
