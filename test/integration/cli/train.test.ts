import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { cliResult, runCli, startCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tinyRecipe, writeTinyInputs } from '../../support/training/tiny-inputs.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(120_000);

const folder = temporaryFolder();
const { encoderDirectory, trainFiles, devFiles } = writeTinyInputs(folder);

const recipeFile = (name: string, change: object = {}): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ ...tinyRecipe(), ...change }));
  return path;
};

const trainArgs = (recipe: string, out: string, ...rest: readonly string[]): string[] => [
  'train',
  '--recipe',
  recipe,
  '--encoder',
  encoderDirectory,
  '--train',
  ...trainFiles,
  '--dev',
  ...devFiles,
  '--out',
  join(folder, out),
  '--json',
  ...rest,
];

interface Trained {
  readonly epoch: number;
  readonly modelId: string;
  readonly quality: { readonly f1: number };
}

describe('spandex train', () => {
  it('writes a bundle that other commands take, and tells each evaluation', async () => {
    const { code, stdout, stderr } = await runCli(trainArgs(recipeFile('recipe.json'), 'model'));

    const { epoch, modelId, quality } = JSON.parse(stdout) as Trained;
    const evaluated = await runCli([
      'evaluate',
      '--model',
      join(folder, 'model'),
      '--data',
      devFiles[0]!,
      '--overlap',
      'flat',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(modelId).toMatch(/^[0-9a-f]{64}$/);
    expect([1, 2]).toContain(epoch);
    expect(stderr.match(/^epoch \d: dev F1 [\d.]+/gm)).toHaveLength(2);
    expect(stderr.match(/^ +\S+: [\d.]+ \/ [\d.]+ \/ [\d.]+ \(P \/ R \/ F1\)/gm)).toHaveLength(2);
    const { f1, documents } = JSON.parse(evaluated.stdout) as { f1: number; documents: number };
    expect(documents).toBe(16);
    // Stored in 8 bits, and close to what was trained.
    expect(Math.abs(f1 - quality.f1)).toBeLessThan(0.1);
  });

  it('saves a checkpoint at Ctrl-C and resumes from it', async () => {
    const recipe = recipeFile('long.json', { epochs: 40, evaluateEveryEpochs: 40 });
    const child = startCli(trainArgs(recipe, 'resumed'));
    child.stdin.end();
    const checkpoint = join(folder, 'resumed.training', 'checkpoint.safetensors');
    const ended = once(child, 'exit');
    while (!existsSync(checkpoint) && child.exitCode === null) await sleep(20);

    child.kill('SIGINT');
    const interrupted = await cliResult(child);
    await ended;
    const refused = await runCli(trainArgs(recipe, 'resumed'));
    const resumed = await runCli(trainArgs(recipe, 'resumed', '--resume'));

    expect({ code: interrupted.code, stdout: interrupted.stdout }).toEqual({ code: 4, stdout: '' });
    expect(interrupted.stderr).toMatch(/^INTERRUPTED: The training run was interrupted/m);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^ARGUMENT_INVALID: .*resumed or removed first/m);
    expect(resumed.code).toBe(0);
    expect((JSON.parse(resumed.stdout) as Trained).epoch).toBe(40);
  });

  it.each([
    {
      fault: 'a recipe with an unknown field',
      change: { learningRat: 1 },
      message: /^RECIPE_INVALID: The recipe's learningRat must be a known field/,
    },
    {
      fault: 'a recipe with a number out of range',
      change: { dropout: 2 },
      message: /^RECIPE_INVALID: The recipe's dropout must be a number from 0 to 0\.9, but got: 2/,
    },
  ])('exits with 2 for $fault', async ({ change, message }) => {
    const { code, stdout, stderr } = await runCli(trainArgs(recipeFile('bad.json', change), 'bad'));

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('exits with 2 for a line of the training file that is no document', async () => {
    const broken = join(folder, 'broken.jsonl');
    writeFileSync(broken, '{"id":"a","text":"x","entities":[]}\nnothing\n');

    const { code, stderr } = await runCli([
      ...trainArgs(recipeFile('ok.json'), 'broken'),
      '--train',
      broken,
      '--types',
      join(folder, 'types.json'),
    ]);

    expect(code).toBe(2);
    expect(stderr).toMatch(/^FILE_INVALID: Line 2 of .*broken\.jsonl" must be a JSON object/m);
  });
});
