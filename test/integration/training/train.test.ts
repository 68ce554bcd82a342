import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { readBundle } from '../../../src/ner/bundle.ts';
import type { TrainingEvent } from '../../../src/training/progress.ts';
import { type TrainOptions, train } from '../../../src/training/train.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tinyRecipe, writeTinyInputs } from '../../support/training/tiny-inputs.ts';

// A test starts several runs, and the machine may be busy.
jest.setTimeout(120_000);

const paths = writeTinyInputs(temporaryFolder());

/** Options of a short run into a new folder. */
const aRun = (change: Partial<TrainOptions> = {}): TrainOptions => ({
  ...paths,
  recipe: tinyRecipe({ epochs: 12, evaluateEveryEpochs: 6 }),
  outDirectory: join(temporaryFolder(), 'model'),
  storage: { kind: 'float32' },
  ...change,
});

const weightsOf = (folder: string): Promise<Buffer> =>
  readFile(join(folder, 'weights.safetensors'));

/** Trains, but is interrupted when `isTime` says so of an event. */
async function interrupted(
  options: TrainOptions,
  isTime: (event: TrainingEvent) => boolean,
): Promise<unknown> {
  const interruption = new AbortController();
  const onProgress = (event: TrainingEvent): void => {
    if (isTime(event)) interruption.abort();
  };
  return train({ ...options, onProgress, signal: interruption.signal }).catch(
    (error: unknown) => error,
  );
}

describe('train', () => {
  it('trains a model from a seed to a known F1, twice to equal weights', async () => {
    const events: TrainingEvent[] = [];
    const first = aRun({ onProgress: (event) => events.push(event) });
    const second = aRun();

    const result = await train(first);
    await train(second);

    expect(result.quality.f1).toBeGreaterThan(0.9);
    expect((await weightsOf(second.outDirectory)).equals(await weightsOf(first.outDirectory))).toBe(
      true,
    );
    const { id, manifest } = await readBundle(first.outDirectory);
    expect(id).toBe(result.modelId);
    expect(manifest.formatVersion).toBe(3);
    expect(manifest.training.tokensPerSecond).toBeGreaterThan(100);
    expect(manifest.training.peakMemoryBytes).toBeGreaterThan(50e6);
    expect(events.filter(({ kind }) => kind === 'evaluation')).toHaveLength(2);
    expect(events.find(({ kind }) => kind === 'step')).toMatchObject({ epoch: 1, epochs: 12 });
    expect(existsSync(`${first.outDirectory}.training`)).toBe(false);
  });

  it('saves a checkpoint when interrupted and resumes to the weights of a run that was not', async () => {
    const recipe = tinyRecipe({ epochs: 2 });
    const [straight, broken] = [aRun({ recipe }), aRun({ recipe })];

    const error = await interrupted(broken, ({ kind }) => kind === 'step');
    const kept = readdirSync(`${broken.outDirectory}.training`);
    await train({ ...broken, resume: true });
    await train(straight);

    expect(error).toMatchObject({ code: 'INTERRUPTED' });
    expect(kept).toEqual(['checkpoint.safetensors']);
    expect(
      (await weightsOf(broken.outDirectory)).equals(await weightsOf(straight.outDirectory)),
    ).toBe(true);
  });

  it('ends early when evaluations get no better, also after it was resumed', async () => {
    const recipe = tinyRecipe({ epochs: 8, learningRate: 0, patience: 2 });
    const [straight, broken] = [aRun({ recipe }), aRun({ recipe })];
    const epochs: number[] = [];
    const onProgress = (event: TrainingEvent): void => {
      if (event.kind === 'evaluation') epochs.push(event.epoch);
    };

    const result = await train({ ...straight, onProgress });
    await interrupted(broken, (event) => event.kind === 'evaluation' && event.epoch === 2);
    await train({ ...broken, resume: true, onProgress });

    expect(result.epoch).toBe(1);
    expect(epochs).toEqual([1, 2, 3, 3]);
  });

  it('neither loses an unfinished run nor resumes it as another', async () => {
    const run = aRun();
    await interrupted(run, ({ kind }) => kind === 'checkpoint');

    const [again, other] = await Promise.allSettled([
      train(run),
      train({
        ...run,
        recipe: tinyRecipe({ epochs: 12, evaluateEveryEpochs: 6, seed: 8 }),
        resume: true,
      }),
    ]);

    expect(again).toMatchObject({ reason: { code: 'ARGUMENT_INVALID' } });
    expect(other).toMatchObject({
      reason: { code: 'ARGUMENT_INVALID', details: { argument: 'What is resumed' } },
    });
  });

  it('starts anew when it is to resume and there is nothing to resume', async () => {
    const run = aRun({ recipe: tinyRecipe({ epochs: 1 }), resume: true });

    const result = await train(run);

    expect(result.epoch).toBe(1);
  });

  it('refuses a damaged checkpoint', async () => {
    const run = aRun();
    await interrupted(run, ({ kind }) => kind === 'checkpoint');
    const path = join(`${run.outDirectory}.training`, 'checkpoint.safetensors');
    await writeFile(path, (await readFile(path)).subarray(0, 1_000));

    const resumed = train({ ...run, resume: true });

    await expect(resumed).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });

  it('does not start when it is interrupted before', async () => {
    const run = aRun({ signal: AbortSignal.abort() });

    await expect(train(run)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(existsSync(`${run.outDirectory}.training`)).toBe(false);
  });

  it.each([
    ['a file that is not there', { trainFiles: ['none.jsonl'] }, 'FILE_UNREADABLE'],
    ['no file to evaluate on', { devFiles: [] }, 'ARGUMENT_INVALID'],
    ['a folder without an encoder', { encoderDirectory: temporaryFolder() }, 'FILE_UNREADABLE'],
    [
      'longer windows than the encoder reads',
      { recipe: tinyRecipe({ windowTokens: 65 }) },
      'RECIPE_INVALID',
    ],
    [
      'longer windows to serve than the encoder reads',
      { recipe: tinyRecipe({ servingWindowTokens: 65 }) },
      'RECIPE_INVALID',
    ],
    ['types that are no types', { typesFile: paths.trainFiles[0]! }, 'FILE_INVALID'],
  ])('refuses %s', async (_, change, code) => {
    await expect(train(aRun(change))).rejects.toMatchObject({ code });
  });

  it('refuses a line that is no document, by its number', async () => {
    const path = join(temporaryFolder(), 'train.jsonl');
    await writeFile(path, `${await readFile(paths.trainFiles[0]!, 'utf8')}{"id": 1\n`);

    const training = train(aRun({ trainFiles: [path], typesFile: typesFile() }));

    await expect(training).rejects.toMatchObject({
      code: 'FILE_INVALID',
      details: { path, line: 65 },
    });
  });
});

const typesFile = (): string => join(paths.encoderDirectory, '..', 'types.json');
