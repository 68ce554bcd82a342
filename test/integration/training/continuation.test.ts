import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, jest } from '@jest/globals';
import { readBundle, readManifest } from '../../../src/ner/bundle.ts';
import { continuedRecipe } from '../../../src/training/continued-recipe.ts';
import type { TrainingEvent } from '../../../src/training/progress.ts';
import { type TrainOptions, train } from '../../../src/training/train.ts';
import type { TypeChange } from '../../../src/training/type-changes.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tinyRecipe, writeTinyInputs, writeTinyTowns } from '../../support/training/tiny-inputs.ts';

// A test starts several runs, and the machine may be busy.
jest.setTimeout(240_000);

const folder = temporaryFolder();
const { encoderDirectory, trainFiles, devFiles } = writeTinyInputs(folder);
const towns = writeTinyTowns(folder);
const bundleDirectory = join(folder, 'model');
const storage = { kind: 'float32' } as const;
const recipeFile = {
  epochs: 24,
  learningRate: 5e-3,
  warmupShare: 0.1,
  evaluateEveryEpochs: 12,
  batchWindows: 8,
  overlapTokens: 8,
  seed: 7,
};

/** After fewer epochs the new type is found no better than before, and the bundle's weights are kept. */
const enough = { epochs: 12 };

beforeAll(async () => {
  const recipe = tinyRecipe({ epochs: 12, evaluateEveryEpochs: 6 });
  const paths = { encoderDirectory, trainFiles, devFiles };
  await train({ ...paths, recipe, outDirectory: bundleDirectory, storage });
});

/** Options of a run that teaches the bundle towns. */
async function aContinuation(
  change: Partial<TrainOptions> = {},
  recipe: object = {},
): Promise<TrainOptions> {
  const { manifest } = await readManifest(bundleDirectory);
  return {
    ...towns,
    from: { bundleDirectory, oldDevFiles: devFiles },
    recipe: continuedRecipe({ ...recipeFile, ...recipe }, manifest),
    outDirectory: join(temporaryFolder(), 'model'),
    storage,
    ...change,
  };
}

const changeOf = (changes: readonly TypeChange[] | undefined, name: string): TypeChange =>
  changes!.find(({ type }) => type === name)!;

const weightsOf = (directory: string): Promise<Buffer> =>
  readFile(join(directory, 'weights.safetensors'));

/** A types file in which the old types are new ones that nobody annotated. */
function allAsNew(): string {
  const path = join(temporaryFolder(), 'types.json');
  const names = ['Complaint', 'Drug', 'Town'];
  const descriptions = ['what hurts', 'pills and powders', '[on a map] #1'];
  const types = names.map((name, i) => ({ name, description: descriptions[i] }));
  writeFileSync(path, JSON.stringify(types));
  return path;
}

describe('train from a bundle', () => {
  it('learns a third type from few documents and keeps the two it knew', async () => {
    const events: TrainingEvent[] = [];
    const options = await aContinuation({ onProgress: (event) => events.push(event) });

    const { changes, modelId } = await train(options);

    const { id, manifest } = await readBundle(options.outDirectory);
    const town = changeOf(changes, 'Town');
    expect(town).toMatchObject({ isNew: true, measure: 'ANNOTATIONS' });
    expect(town.before).toBeLessThan(0.3);
    expect(town.after).toBeGreaterThan(0.8);
    for (const name of ['Complaint', 'Drug']) {
      const { isNew, measure, before, after } = changeOf(changes, name);
      expect({ isNew, measure }).toEqual({ isNew: false, measure: 'ANNOTATIONS' });
      expect(before).toBeGreaterThan(0.8);
      expect(before! - after!).toBeLessThan(0.1);
    }
    expect(id).toBe(modelId);
    expect(manifest.types.map(({ name }) => name)).toEqual(['Complaint', 'Drug', 'Town']);
    expect(events.find(({ kind }) => kind === 'found')).toMatchObject({
      mentions: expect.any(Number),
    });
  });

  it('forgets them when nothing is learnt along', async () => {
    const options = await aContinuation({ from: { bundleDirectory }, typesFile: allAsNew() });
    await train(options);
    const judged = await aContinuation({
      from: { bundleDirectory: options.outDirectory, oldDevFiles: devFiles },
      recipe: continuedRecipe(
        { ...recipeFile, epochs: 1, learningRate: 0 },
        (await readManifest(options.outDirectory)).manifest,
      ),
    });

    const { changes } = await train(judged);

    expect(changeOf(changes, 'Drug').before).toBeLessThan(0.3);
    expect(changeOf(changes, 'Complaint').before).toBeLessThan(0.3);
  });

  it('starts from exactly what the bundle computes', async () => {
    const options = await aContinuation(
      { from: { bundleDirectory } },
      { epochs: 1, learningRate: 0 },
    );

    const { changes } = await train(options);

    const [before, after] = await Promise.all(
      [bundleDirectory, options.outDirectory].map(readBundle),
    );
    expect(after!.weights).toEqual(before!.weights);
    expect(changes!.filter(({ isNew }) => !isNew)).toEqual(
      ['Complaint', 'Drug'].map((type) =>
        expect.objectContaining({ type, measure: 'AGREEMENT', before: 1, after: 1 }),
      ),
    );
  });

  it('keeps the weights of the bundle when no epoch finds the new types better', async () => {
    const events: TrainingEvent[] = [];
    const options = await aContinuation(
      { from: { bundleDirectory }, onProgress: (event) => events.push(event) },
      { epochs: 2, evaluateEveryEpochs: 1, learningRate: 1 },
    );

    const { epoch, quality } = await train(options);

    const [before, after] = await Promise.all(
      [bundleDirectory, options.outDirectory].map(readBundle),
    );
    const evaluations = events.flatMap((event) => (event.kind === 'evaluation' ? [event] : []));
    expect(evaluations.map((event) => [event.epoch, event.isBest])).toEqual([
      [0, true],
      [1, false],
      [2, false],
    ]);
    expect({ epoch, quality }).toEqual({ epoch: 0, quality: evaluations[0]!.quality });
    // What nobody annotated says only that something changed, and has no say.
    expect(Object.keys(quality.corpora)).not.toContain('old types, agreement');
    expect(after!.weights).toEqual(before!.weights);
    expect(after!.manifest.types.map(({ name }) => name)).toContain('Town');
  });

  it('records where it came from and what became of each type', async () => {
    const options = await aContinuation({}, { epochs: 1 });

    const { changes } = await train(options);

    const from = await readManifest(bundleDirectory);
    const { manifest } = await readManifest(options.outDirectory);
    const { type: _, corpus: __, ...drug } = changeOf(changes, 'Drug');
    expect(manifest.training.recipe).toMatchObject({ from: { id: from.id, name: 'test' } });
    expect(manifest.metrics).toMatchObject({ changes: { Drug: drug } });
  });

  it('learns from replayed documents with types of their own', async () => {
    const from = { bundleDirectory, replayFiles: trainFiles };
    const plain = await aContinuation({ from: { bundleDirectory } }, enough);
    const replayed = await aContinuation({ from }, enough);

    const results = await Promise.all([train(plain), train(replayed)]);

    const [without, beside] = await Promise.all(
      [plain, replayed].map(({ outDirectory }) => readManifest(outDirectory)),
    );
    expect(beside!.manifest.types).toEqual(without!.manifest.types);
    expect(results.map(({ epoch }) => epoch)).toEqual([enough.epochs, enough.epochs]);
    expect(
      (await weightsOf(plain.outDirectory)).equals(await weightsOf(replayed.outDirectory)),
    ).toBe(false);
  });

  it('resumes to the weights of a run that was not interrupted', async () => {
    const [straight, broken] = [await aContinuation({}, enough), await aContinuation({}, enough)];
    const interruption = new AbortController();
    const onProgress = ({ kind }: TrainingEvent): void => {
      if (kind === 'step') interruption.abort();
    };

    const error = await train({ ...broken, onProgress, signal: interruption.signal }).catch(
      (thrown: unknown) => thrown,
    );
    await train({ ...broken, resume: true });
    const { epoch } = await train(straight);

    expect(error).toMatchObject({ code: 'INTERRUPTED' });
    expect(epoch).toBe(enough.epochs);
    expect(
      (await weightsOf(broken.outDirectory)).equals(await weightsOf(straight.outDirectory)),
    ).toBe(true);
  });

  it('resumes no run from another bundle', async () => {
    const broken = await aContinuation();
    const other = join(folder, 'other');
    const twin = await aContinuation({ outDirectory: other }, { epochs: 1 });
    await train(twin);
    const interruption = new AbortController();
    const onProgress = (): void => interruption.abort();
    await train({ ...broken, onProgress, signal: interruption.signal }).catch(() => undefined);

    const resumed = train({ ...broken, from: { bundleDirectory: other }, resume: true });

    await expect(resumed).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      details: { argument: 'What is resumed' },
    });
  });
});

/** Files as a corpus's folder. */
function writeCorpus(
  directory: string,
  { trainFiles: [trainFile], devFiles: [devFile], typesFile }: typeof towns,
) {
  mkdirSync(directory, { recursive: true });
  for (const [from, name] of [
    [trainFile!, 'train.jsonl'],
    [devFile!, 'dev.jsonl'],
    [typesFile, 'types.json'],
  ] as const)
    copyFileSync(from, join(directory, name));
}

describe('train from a bundle on the corpora of a recipe', () => {
  const corporaDirectory = join(folder, 'corpora');
  writeCorpus(join(corporaDirectory, 'towns'), towns);
  const typesFile = join(folder, 'types.json');
  writeCorpus(join(corporaDirectory, 'drugs'), { trainFiles, devFiles, typesFile });

  async function aMix(recipe: object = {}): Promise<TrainOptions> {
    const { manifest } = await readManifest(bundleDirectory);
    return {
      from: { bundleDirectory },
      corporaDirectory,
      recipe: continuedRecipe({ ...recipeFile, corpora: [{ name: 'towns' }], ...recipe }, manifest),
      outDirectory: join(temporaryFolder(), 'model'),
      storage,
    };
  }

  it('starts from what the bundle computes, and keeps its types and where it came from', async () => {
    const options = await aMix({ epochs: 1, learningRate: 0 });

    const { changes } = await train(options);

    const [before, after] = await Promise.all(
      [bundleDirectory, options.outDirectory].map(readBundle),
    );
    expect(after!.weights).toEqual(before!.weights);
    expect(after!.manifest.types).toEqual(before!.manifest.types);
    expect(after!.manifest.training.recipe).toMatchObject({ from: { id: before!.id } });
    expect(changes).toEqual([
      expect.objectContaining({ type: 'Town', corpus: 'towns', isNew: true }),
      ...['Complaint', 'Drug'].map((type) =>
        expect.objectContaining({
          type,
          corpus: null,
          isNew: false,
          measure: 'AGREEMENT',
          before: 1,
          after: 1,
        }),
      ),
    ]);
  });

  it('measures old types on the corpora that are annotated with them, as many documents as epochs are', async () => {
    const corpora = [{ name: 'towns' }, { name: 'drugs', weight: 0.1 }];
    const options = await aMix({ epochs: 1, learningRate: 0, corpora, devDocuments: 4 });
    const events: TrainingEvent[] = [];

    const { changes, quality } = await train({
      ...options,
      onProgress: (event) => events.push(event),
    });

    const { manifest } = await readManifest(options.outDirectory);
    const { type: _, corpus: __, ...drug } = changeOf(changes, 'Drug');
    expect(changes!.map(({ corpus, type, isNew }) => [corpus, type, isNew])).toEqual([
      ['towns', 'Town', true],
      ['drugs', 'Complaint', false],
      ['drugs', 'Drug', false],
    ]);
    expect(drug.before).toBeGreaterThan(0.6);
    expect(drug.after).toBe(drug.before);
    // What epochs are judged by, though with the corpus's own descriptions, which are the same here.
    const { truePositives, falseNegatives } = quality.corpora.drugs!.perType.Drug!;
    expect(drug.mentions).toBe(truePositives + falseNegatives);
    expect(manifest.metrics).toMatchObject({ changes: { 'drugs/Drug': drug } });
    expect(events.some(({ kind }) => kind === 'found')).toBe(false);
  });

  it('compares no type that the recipe takes from the model or describes in another way', async () => {
    const types = [{ name: 'Drug', description: 'anything' }];
    const options = await aMix({ epochs: 1, learningRate: 0, types });

    const { changes } = await train(options);

    expect(changes).toMatchObject([{ type: 'Town', corpus: 'towns' }]);
    expect(changes).toHaveLength(1);
  });

  it('learns what the corpora are annotated with', async () => {
    const { quality } = await train(await aMix());

    expect(quality.f1).toBeGreaterThan(0.8);
  });

  it('gives the model the types that the recipe names', async () => {
    const types = [{ name: 'Town', description: 'where people live' }];
    const options = await aMix({ epochs: 1, types });

    await train(options);

    expect((await readManifest(options.outDirectory)).manifest.types).toEqual(types);
  });

  it('refuses a folder in use', async () => {
    const training = train({ ...(await aMix()), outDirectory: bundleDirectory });

    await expect(training).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      details: { rule: 'new or empty' },
    });
  });
});

describe('train from a bundle, bad input', () => {
  const typesFile = (types: unknown): string => {
    const path = join(temporaryFolder(), 'types.json');
    writeFileSync(path, JSON.stringify(types));
    return path;
  };
  const river = typesFile([{ name: 'River', description: 'flows' }]);
  const inUse = join(temporaryFolder(), 'inUse');
  mkdirSync(join(inUse, 'something'), { recursive: true });

  it.each<readonly [string, Partial<TrainOptions>, object]>([
    [
      'an encoder besides',
      { encoderDirectory },
      { code: 'ARGUMENT_INVALID', details: { argument: 'What a run starts from' } },
    ],
    [
      'a folder that is no bundle',
      { from: { bundleDirectory: encoderDirectory } },
      { code: 'BUNDLE_INVALID' },
    ],
    [
      'types that no training document has',
      { typesFile: river },
      {
        code: 'ARGUMENT_INVALID',
        details: {
          argument: 'The training documents',
          rule: 'annotated with at least one mention of River',
          value: ['Town'],
        },
      },
    ],
    [
      'documents to evaluate on without a mention of the types',
      { devFiles },
      { code: 'ARGUMENT_INVALID', details: { argument: 'The documents to evaluate on' } },
    ],
    [
      'documents to evaluate old types on without one',
      { from: { bundleDirectory, oldDevFiles: towns.devFiles } },
      {
        code: 'ARGUMENT_INVALID',
        details: { argument: 'The documents to evaluate old types on' },
      },
    ],
    [
      'documents to evaluate on that are replayed',
      { from: { bundleDirectory, replayFiles: [...trainFiles, ...towns.devFiles] } },
      { code: 'ARGUMENT_INVALID', details: { argument: 'The documents to evaluate on' } },
    ],
    [
      'documents to evaluate old types on that are learnt from',
      {
        from: { bundleDirectory, oldDevFiles: devFiles },
        trainFiles: [...towns.trainFiles, ...devFiles],
      },
      { code: 'ARGUMENT_INVALID', details: { argument: 'The documents to evaluate old types on' } },
    ],
    [
      'documents to replay without a mention of their types',
      { from: { bundleDirectory, replayFiles: trainFiles, replayTypesFile: river } },
      { code: 'ARGUMENT_INVALID', details: { argument: 'The documents to replay' } },
    ],
    [
      'types to replay without documents',
      { from: { bundleDirectory, replayTypesFile: river } },
      { code: 'ARGUMENT_INVALID', details: { argument: 'Types to replay' } },
    ],
    [
      'a folder of corpora',
      { corporaDirectory: folder },
      { code: 'ARGUMENT_INVALID', details: { argument: 'The documents', value: folder } },
    ],
    ['no documents', { trainFiles: [] }, { code: 'ARGUMENT_INVALID' }],
    [
      'a folder in use',
      { outDirectory: inUse },
      { code: 'ARGUMENT_INVALID', details: { rule: 'new or empty', value: inUse } },
    ],
    [
      'its own bundle as the folder to write',
      { outDirectory: bundleDirectory },
      { code: 'ARGUMENT_INVALID', details: { rule: 'new or empty' } },
    ],
    [
      'a recipe of other sizes',
      { recipe: tinyRecipe({ embeddingSize: 8 }) },
      {
        code: 'RECIPE_INVALID',
        details: {
          field: 'embeddingSize',
          rule: 'left out or 16, since the run goes on from a bundle',
          value: 8,
        },
      },
    ],
  ])('refuses %s', async (_, change, error) => {
    const training = train(await aContinuation(change));

    await expect(training).rejects.toMatchObject(error);
  });
});
