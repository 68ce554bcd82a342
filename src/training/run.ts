/**
 * A whole run: epochs, evaluations, checkpoints, and the bundle at its end.
 */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { appError } from '../core/errors.ts';
import { invariant } from '../core/invariant.ts';
import { makeFolder } from '../core/make-folder.ts';
import { type Bundle, writeBundle } from '../ner/bundle.ts';
import type { Storage } from '../ner/quantize.ts';
import { readCheckpoint, readWeights, writeCheckpoint, writeWeights } from './checkpoint.ts';
import {
  type Continuation,
  readContinuation,
  readCorpusContinuation,
  requireNewFolder,
} from './continuation.ts';
import {
  type DevEvaluationOptions,
  type DevQuality,
  evaluateOnDev,
  nextEvents,
} from './dev-evaluation.ts';
import { type InputPaths, type Inputs, readInputs } from './inputs.ts';
import { checkMemory } from './memory-estimate.ts';
import { bundleContents, bundleInMemory, type ModelFacts } from './model-bundle.ts';
import { ProgressMeter, type TrainingEvent } from './progress.ts';
import type { Recipe } from './recipe.ts';
import { CostMeter } from './run-cost.ts';
import { Trainer, type TrainerOptions } from './trainer.ts';
import { type TypeChange, typeChanges } from './type-changes.ts';

/** What a run is told. */
export interface RunOptions extends InputPaths, TrainerOptions {
  readonly recipe: Recipe;
  /** Where the bundle goes; the run keeps its checkpoint in a folder of this name + `.training`. */
  readonly outDirectory: string;
  /** Go on from the checkpoint, if there is one. */
  readonly resume: boolean;
  /** How the bundle stores its weights. */
  readonly storage: Storage;
  /** Of this program's source, in hexadecimal, or 'unknown'. */
  readonly commit: string;
}

/** What a run gives. */
export interface RunResult {
  /** Of the bundle's weights before they were stored in fewer bits. */
  readonly quality: DevQuality;
  readonly epoch: number;
  /** Of the bundle. */
  readonly modelId: string;
  /** What became of each type, the bundle as it is served; of a run that went on from another. */
  readonly changes?: readonly TypeChange[];
}

/** What a run works on. */
interface RunParts {
  readonly inputs: Inputs;
  /** Of a run that goes on from a bundle. */
  readonly continuation?: Continuation;
  readonly trainer: Trainer;
  readonly emit: (event: TrainingEvent) => void;
}

/** Throws: as `readInputs`, `readContinuation`, `readCorpusContinuation` and `checkMemory`. */
async function readParts(options: RunOptions): Promise<Pick<RunParts, 'inputs' | 'continuation'>> {
  const { from, encoderDirectory, outDirectory, recipe } = options;
  if (from !== undefined && encoderDirectory === undefined) {
    await requireNewFolder(outDirectory);
    const read = recipe.corpora.length === 0 ? readContinuation : readCorpusContinuation;
    return read({ ...options, from }, recipe);
  }
  const inputs = await readInputs(options, recipe);
  checkMemory(inputs, recipe);
  return { inputs };
}

/** What a killed run loses at most; writing one takes a second. */
const checkpointEveryMs = 10 * 60_000;

/** A run under way. */
export class TrainingRun {
  readonly #options: RunOptions;
  readonly #inputs: Inputs;
  readonly #continuation: Continuation | undefined;
  readonly #trainer: Trainer;
  readonly #emit: (event: TrainingEvent) => void;
  #cost = new CostMeter();
  #stopped = false;

  private constructor(options: RunOptions, parts: RunParts) {
    this.#options = options;
    this.#inputs = parts.inputs;
    this.#continuation = parts.continuation;
    this.#trainer = parts.trainer;
    this.#emit = parts.emit;
  }

  /** Reads all inputs and the checkpoint. Throws: as `readParts`, `Trainer.open`, `readCheckpoint`. */
  static async open(options: RunOptions, emit: (event: TrainingEvent) => void) {
    const parts = await readParts(options);
    const mentions = parts.continuation?.foundMentions ?? null;
    if (mentions !== null) emit({ kind: 'found', mentions });
    const trainer = await Trainer.open(parts.inputs, options.recipe, options);
    const run = new TrainingRun(options, { ...parts, trainer, emit });
    await run.#resume();
    return run;
  }

  /** Makes `run` save a checkpoint and end after the step under way. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Trains to the end.
   *
   * Throws: INTERRUPTED after `stop`; RECIPE_INVALID when the loss is no number any more; as
   * `unwritable`.
   */
  async run(): Promise<RunResult> {
    const trainer = this.#trainer;
    const { epochs } = this.#options.recipe;
    if (this.#isStartJudged()) await this.#evaluate(0);
    while (trainer.state.epoch < epochs && !this.#isPatienceOver()) {
      await this.#epoch();
      if (this.#isEvaluationDue()) await this.#evaluate(trainer.state.epoch + 1);
      trainer.endEpoch();
      await this.#save();
    }
    return this.#finish();
  }

  close(): Promise<void> {
    return this.#trainer.close();
  }

  get #folder(): string {
    return `${this.#options.outDirectory}.training`;
  }

  get #checkpointPath(): string {
    return join(this.#folder, 'checkpoint.safetensors');
  }

  get #bestPath(): string {
    return join(this.#folder, 'best.safetensors');
  }

  get #facts(): ModelFacts {
    const { recipe, commit } = this.#options;
    const { best } = this.#trainer.state;
    return { inputs: this.#inputs, recipe, commit, best, cost: this.#cost.cost };
  }

  /** An unfinished run is gone on with if that was asked for, and else kept from being lost. */
  async #resume(): Promise<void> {
    const { resume } = this.#options;
    const exists = await stat(this.#checkpointPath).then(
      () => true,
      () => false,
    );
    if (exists && !resume) {
      const rule = 'resumed or removed first: it is an unfinished run';
      const value = this.#folder;
      throw appError('ARGUMENT_INVALID', { argument: 'The folder of checkpoints', rule, value });
    }
    makeFolder(this.#folder);
    if (!exists) return;
    const trainer = this.#trainer;
    const { fingerprint } = this.#inputs;
    const { arena } = trainer.model;
    const { cost, ...state } = await readCheckpoint(this.#checkpointPath, fingerprint, arena);
    trainer.state = state;
    this.#cost = new CostMeter(cost);
  }

  /** The steps that are left of the epoch under way. */
  async #epoch(): Promise<void> {
    const trainer = this.#trainer;
    const meter = new ProgressMeter(trainer, this.#options.recipe);
    let savedMs = performance.now();
    while (trainer.state.epochStep < trainer.epochSteps) {
      await this.#endIfStopped();
      const progress = meter.add(await this.#cost.count(() => trainer.step()));
      if (progress) this.#emit(progress);
      if (performance.now() - savedMs > checkpointEveryMs) {
        await this.#save();
        savedMs = performance.now();
      }
      await nextEvents();
    }
    await this.#endIfStopped();
  }

  /** A run that teaches a bundle types of one's own is not to leave them worse than it found them. */
  #isStartJudged(): boolean {
    const { step, best } = this.#trainer.state;
    const isOfOwnTypes = this.#continuation && this.#options.recipe.corpora.length === 0;
    return isOfOwnTypes === true && step === 0 && best === null;
  }

  #isEvaluationDue(): boolean {
    const { epochs, evaluateEveryEpochs } = this.#options.recipe;
    const completed = this.#trainer.state.epoch + 1;
    return completed % evaluateEveryEpochs === 0 || completed === epochs;
  }

  /** Whether as many evaluations as the recipe bears in a row were no better than the best. */
  #isPatienceOver(): boolean {
    const { patience, evaluateEveryEpochs } = this.#options.recipe;
    const { best, epoch } = this.#trainer.state;
    if (patience === null || best === null) return false;
    return Math.floor((epoch - best.epoch) / evaluateEveryEpochs) >= patience;
  }

  async #evaluate(epoch: number): Promise<void> {
    const trainer = this.#trainer;
    const quality = await this.#qualityOf(bundleInMemory(trainer, this.#facts), {
      corpora: this.#inputs.devSets,
      limit: this.#options.recipe.devDocuments,
    });
    const { best } = trainer.state;
    const isBest = best === null || quality.f1 > best.quality.f1;
    if (isBest) {
      await writeWeights(this.#bestPath, trainer.model.arena);
      trainer.state = { ...trainer.state, best: { epoch, quality } };
    }
    this.#emit({ kind: 'evaluation', epoch, quality, isBest });
  }

  /** Throws: INTERRUPTED. */
  async #qualityOf(
    bundle: Bundle,
    judged: Pick<DevEvaluationOptions, 'corpora' | 'limit'>,
  ): Promise<DevQuality> {
    const { threads } = this.#options;
    const quality = await evaluateOnDev(bundle, {
      ...judged,
      isStopped: () => this.#stopped,
      ...(threads !== undefined && { threads }),
    });
    await this.#endIfStopped();
    invariant(quality, 'an evaluation that was not stopped has a result');
    return quality;
  }

  /** What became of each type, both bundles as they are served; nothing without an earlier bundle. */
  async #changes(): Promise<{ changes?: readonly TypeChange[] }> {
    if (!this.#continuation) return {};
    const { bundle, judged, kept } = this.#continuation;
    const annotated = judged.filter(({ measure }) => measure === 'ANNOTATIONS');
    const written = bundleInMemory(this.#trainer, this.#facts, this.#options.storage);
    const before = await this.#qualityOf(bundle, { corpora: annotated, limit: null });
    const after = await this.#qualityOf(written, { corpora: judged, limit: null });
    return { changes: typeChanges(judged, kept, { before, after }) };
  }

  async #save(): Promise<void> {
    const { model } = this.#trainer;
    const { fingerprint } = this.#inputs;
    const state = { ...this.#trainer.state, cost: this.#cost.cost };
    await writeCheckpoint(this.#checkpointPath, { fingerprint, state }, model.arena);
    this.#emit({ kind: 'checkpoint', step: state.step, path: this.#checkpointPath });
  }

  async #endIfStopped(): Promise<void> {
    if (!this.#stopped) return;
    await this.#save();
    throw appError('INTERRUPTED', { what: 'training run' });
  }

  /** The bundle of the best weights. Checkpoints are not needed any more. */
  async #finish(): Promise<RunResult> {
    const { best } = this.#trainer.state;
    invariant(best, 'a run that ended was evaluated');
    await readWeights(this.#bestPath, this.#trainer.model.arena);
    const { outDirectory, storage } = this.#options;
    const changes = await this.#changes();
    const contents = bundleContents(this.#trainer, { ...this.#facts, ...changes }, storage);
    const modelId = await writeBundle(outDirectory, contents);
    await rm(this.#folder, { recursive: true });
    return { ...best, modelId, ...changes };
  }
}
