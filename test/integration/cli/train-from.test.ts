import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, jest } from '@jest/globals';
import { runCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tinyRecipe, writeTinyInputs, writeTinyTowns } from '../../support/training/tiny-inputs.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(240_000);

const folder = temporaryFolder();
const { encoderDirectory, trainFiles, devFiles } = writeTinyInputs(folder);
const towns = writeTinyTowns(folder);
const path = (name: string): string => join(folder, name);

function jsonFile(name: string, value: object): string {
  writeFileSync(path(name), JSON.stringify(value));
  return path(name);
}

const documents = ['--train', ...trainFiles, '--dev', ...devFiles];

const fromArgs = (out: string, ...rest: readonly string[]): string[] => [
  'train',
  '--from',
  path('model'),
  '--train',
  ...towns.trainFiles,
  '--dev',
  ...towns.devFiles,
  '--types',
  towns.typesFile,
  '--out',
  path(out),
  ...rest,
];

beforeAll(async () => {
  const recipe = jsonFile('base.json', tinyRecipe({ epochs: 12, evaluateEveryEpochs: 12 }));
  const start = ['train', '--recipe', recipe, '--encoder', encoderDirectory];
  const { code, stderr } = await runCli([...start, ...documents, '--out', path('model')]);
  if (code !== 0) throw new Error(stderr);
});

describe('spandex train --from', () => {
  it('prints what became of each type, by the recipe that comes along', async () => {
    const { code, stdout, stderr } = await runCli(
      fromArgs('kept', '--margin', '1', '--old-dev', ...devFiles),
    );

    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^\d+ mentions of types that the bundle knows/),
    });
    const rate = String.raw`\d+\.\d\d`;
    for (const name of ['Town +new', 'Drug +old', 'Complaint +old'])
      expect(stdout).toMatch(
        new RegExp(`^${name} +\\d+ +${rate} +${rate} +[+-]?${rate}  annotations$`, 'm'),
      );
    expect(stdout).toMatch(/^model [0-9a-f]{64}: epoch \d+, dev F1/m);
  });

  it('exits with an error for each old type that lost too much, the bundle written', async () => {
    // Steps so wide that the new type is learnt and the others are not kept to the last mention.
    const recipe = jsonFile('forgetful.json', {
      epochs: 24,
      evaluateEveryEpochs: 24,
      learningRate: 8e-3,
      warmupShare: 0.1,
      overlapTokens: 8,
      batchWindows: 8,
      seed: 7,
    });

    const { code, stdout, stderr } = await runCli(
      fromArgs('forgetful', '--recipe', recipe, '--json', '--margin', '0.01'),
    );

    const { changes, modelId } = JSON.parse(stdout) as {
      modelId: string;
      changes: readonly { type: string; before: number; after: number }[];
    };
    expect(code).toBe(2);
    expect(modelId).toMatch(/^[0-9a-f]{64}$/);
    expect(changes.map(({ type }) => type)).toEqual(['Town', 'Complaint', 'Drug']);
    expect(stderr).toMatch(
      /^TYPE_FORGOTTEN: The old type "Drug" must lose at most 0\.01 of its F1 of 1, but got: 0/m,
    );
    expect(existsSync(join(path('forgetful'), 'manifest.json'))).toBe(true);
  });

  it('prints and judges types of corpora, too', async () => {
    const corpus = (name: string, files: typeof towns): void => {
      mkdirSync(path(`corpora/${name}`), { recursive: true });
      copyFileSync(files.trainFiles[0]!, path(`corpora/${name}/train.jsonl`));
      copyFileSync(files.devFiles[0]!, path(`corpora/${name}/dev.jsonl`));
      copyFileSync(files.typesFile, path(`corpora/${name}/types.json`));
    };
    corpus('towns', towns);
    corpus('drugs', { trainFiles, devFiles, typesFile: path('types.json') });
    const corpora = [{ name: 'towns' }, { name: 'drugs', weight: 0.01 }];
    const rash = { epochs: 1, learningRate: 0.5, overlapTokens: 8, batchWindows: 64, corpora };
    const args = (out: string): string[] => [
      'train',
      '--from',
      path('model'),
      '--recipe',
      jsonFile('rash-mix.json', rash),
      '--corpora',
      path('corpora'),
      '--out',
      path(out),
    ];

    const judged = await runCli(args('mixed'));
    const spared = await runCli([...args('spared'), '--margin', '1', '--json']);

    expect(judged.code).toBe(2);
    expect(judged.stdout).toMatch(/^towns\/Town +new +\d+ /m);
    expect(judged.stdout).toMatch(/^drugs\/Drug +old +\d+ .* annotations$/m);
    expect(judged.stderr).toMatch(
      /^TYPE_FORGOTTEN: The old type "drugs\/Drug" must lose at most 0\.05 /m,
    );
    expect(existsSync(join(path('mixed'), 'manifest.json'))).toBe(true);
    expect(spared.code).toBe(0);
    expect(JSON.parse(spared.stdout).changes).toContainEqual(
      expect.objectContaining({ corpus: 'drugs', type: 'Drug', isNew: false }),
    );
  });

  it.each([
    {
      fault: 'both an encoder and a bundle',
      args: fromArgs('bad', '--encoder', encoderDirectory),
      message:
        /^ARGUMENT_INVALID: What to start from must be one of --encoder and --from, .*"both"/,
    },
    {
      fault: 'neither',
      args: ['train', ...documents, '--out', path('bad')],
      message: /^ARGUMENT_INVALID: What to start from .*"neither"/,
    },
    {
      fault: 'a folder of corpora that no recipe names',
      args: fromArgs('bad', '--corpora', folder),
      message: /^ARGUMENT_INVALID: The documents must be given as files of --train and of --dev, /,
    },
    {
      fault: 'documents to replay beside the corpora of a recipe',
      args: fromArgs(
        'bad',
        '--recipe',
        jsonFile('mix.json', { corpora: [{ name: 'towns' }] }),
        '--replay',
        'x',
      ),
      message: /^ARGUMENT_INVALID: --replay must be left out where the recipe names corpora/,
    },
    {
      fault: 'documents to replay to an encoder',
      args: ['train', '--encoder', encoderDirectory, '--replay', 'x', '--out', path('bad')],
      message: /^ARGUMENT_INVALID: --replay must be used with --from/,
    },
    {
      fault: 'an encoder without a recipe',
      args: ['train', '--encoder', encoderDirectory, ...documents, '--out', path('bad')],
      message: /^ARGUMENT_INVALID: --recipe must be given with --encoder/,
    },
    {
      fault: 'a margin above 1',
      args: fromArgs('bad', '--margin', '5'),
      message: /It must be a number from 0 to 1\./,
    },
    {
      fault: 'a recipe of other sizes',
      args: fromArgs('bad', '--recipe', jsonFile('wide.json', { embeddingSize: 99 })),
      message: /^RECIPE_INVALID: The recipe's embeddingSize must be left out or 16, .*99/,
    },
  ])('exits with 2 for $fault', async ({ args, message }) => {
    const { code, stdout, stderr } = await runCli(args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(existsSync(path('bad'))).toBe(false);
  });
});
