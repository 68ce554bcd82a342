import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { floats } from '../../../src/onnx/tensor.ts';
import {
  compareWithReference,
  largestDifference,
  largestGradientError,
  referenceTolerances,
} from '../../../src/training/reference.ts';
import { readReferenceCase } from '../../../src/training/reference-case.ts';
import { runReference } from '../../../src/training/reference-run.ts';
import { caseWithoutGold, caseWithoutWidths } from '../../support/binder/case-plans.ts';
import { writeReferenceCase } from '../../support/binder/write-case.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Gradients by differences take as many forward passes as there are weights.
jest.setTimeout(120_000);

const official = fileURLToPath(new URL('../../fixtures/binder-tiny', import.meta.url));
const files = ['case.json', 'weights.safetensors', 'scores.safetensors', 'gradients.safetensors'];

/** A copy of the official case that a test may spoil. */
async function copyOfficialCase(): Promise<string> {
  const folder = temporaryFolder();
  for (const file of files) await copyFile(join(official, file), join(folder, file));
  return folder;
}

/** The official case with `change` made to its case.json. */
async function changedCase(change: (file: CaseJson) => void): Promise<string> {
  const folder = await copyOfficialCase();
  const path = join(folder, 'case.json');
  const file = JSON.parse(await readFile(path, 'utf8')) as CaseJson;
  change(file);
  await writeFile(path, JSON.stringify(file));
  return folder;
}

interface CaseJson {
  encoder: Record<string, unknown>;
  windows: { input_ids: number[]; word_start: number[]; gold: Record<string, number>[] }[];
  optimizer: Record<string, unknown>;
  dropout: number;
  loss?: number;
  loss_over_steps?: number[];
}

function expectAgreement(errors: object): void {
  for (const [name, tolerance] of Object.entries(referenceTolerances)) {
    expect({ name, error: (errors as Record<string, unknown>)[name] }).toEqual({
      name,
      error: expect.any(Number),
    });
    expect((errors as Record<string, number>)[name]).toBeLessThan(tolerance);
  }
}

describe('compareWithReference', () => {
  it('agrees with the official program', async () => {
    const errors = await compareWithReference(official);

    expectAgreement(errors);
  });

  it.each([
    { name: 'one type, no widths, padding, decay and other moments', plan: caseWithoutWidths },
    { name: 'one window without gold mentions', plan: caseWithoutGold },
  ])('agrees with loops in double precision on $name', async ({ plan }) => {
    const folder = temporaryFolder();
    await writeReferenceCase(folder, plan);

    const errors = await compareWithReference(folder);

    expectAgreement(errors);
  });

  it('sees a gradient that is wrong in one weight of one tensor', async () => {
    const { gradients } = await readReferenceCase(official);
    const wrong = new Map(gradients);
    const { dims, data } = wrong.get('span_linear.weight')!;
    wrong.set('span_linear.weight', floats(dims, data.with(7, data[7]! + 0.1)));

    const error = largestGradientError(wrong, gradients!);

    expect(error).toBeGreaterThan(referenceTolerances.gradientRelativeError);
  });

  it('gives null for what a case did not record', async () => {
    const folder = await changedCase((file) => {
      delete file.loss;
      delete file.loss_over_steps;
    });
    await rm(join(folder, 'scores.safetensors'));
    await rm(join(folder, 'gradients.safetensors'));

    const errors = await compareWithReference(folder);

    expect(errors).toEqual({
      scoresMaxError: null,
      lossError: null,
      gradientRelativeError: null,
      lossOverStepsMaxError: null,
    });
  });

  it('names the file that is missing', async () => {
    const folder = await copyOfficialCase();
    await rm(join(folder, 'weights.safetensors'));

    const comparing = compareWithReference(folder);

    await expect(comparing).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('weights.safetensors'),
    });
  });

  it.each<{ fault: string; change: (file: CaseJson) => void; message: RegExp }>([
    {
      fault: 'dropout, which no two programs repeat',
      change: (file) => {
        file.dropout = 0.1;
      },
      message: /dropout/,
    },
    {
      fault: 'another activation',
      change: (file) => {
        file.encoder['hidden_act'] = 'relu';
      },
      message: /hidden_act/,
    },
    {
      fault: 'another optimizer',
      change: (file) => {
        file.optimizer['name'] = 'SGD';
      },
      message: /optimizer.name/,
    },
    {
      fault: 'a token outside its vocabulary',
      change: (file) => {
        file.windows[1]!.input_ids[3] = 120;
      },
      message: /tokens of its vocabulary, but got: "windows\[1\]"/,
    },
    {
      fault: 'a mention of a type it lacks',
      change: (file) => {
        file.windows[0]!.gold[0]!['type'] = 3;
      },
      message: /gold mentions of its types/,
    },
    {
      fault: 'too few word starts',
      change: (file) => {
        file.windows[0]!.word_start.pop();
      },
      message: /a word start and end for each token/,
    },
    {
      fault: 'more layers than its weights',
      change: (file) => {
        file.encoder['num_hidden_layers'] = 3;
      },
      message: /the weight text_encoder\.encoder\.layer\.2\./,
    },
    {
      fault: 'a wider encoder than its weights',
      change: (file) => {
        file.encoder['intermediate_size'] = 65;
      },
      message: /intermediate\.dense\.weight of shape \[65,32\], but got: \[64,32\]/,
    },
  ])('refuses a case with $fault', async ({ change, message }) => {
    const folder = await changedCase(change);

    const comparing = compareWithReference(folder);

    await expect(comparing).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(message),
    });
  });

  it('refuses a case.json that is no JSON', async () => {
    const folder = await copyOfficialCase();
    await writeFile(join(folder, 'case.json'), '{"encoder": ');

    const comparing = compareWithReference(folder);

    await expect(comparing).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });
});

describe('runReference', () => {
  it('has the official weights after one step, apart from key biases, which are noise', async () => {
    const reference = await readReferenceCase(official);
    const isMeaningful = ([name]: [string, unknown]) => !name.endsWith('self.key.bias');

    const { weightsAfterStep } = await runReference(reference);

    const recorded = new Map([...reference.weightsAfterStep!].filter(isMeaningful));
    expect(recorded.size).toBeGreaterThan(80);
    expect(largestDifference(weightsAfterStep, recorded)).toBeLessThan(2e-5);
  });

  it('leaves the row of the width table that is padding without a gradient', async () => {
    const reference = await readReferenceCase(official);

    const { gradients } = await runReference(reference);

    const table = gradients.get('width_embeddings.weight')!;
    expect(Math.max(...table.data.subarray(0, table.dims[1]).map(Math.abs))).toBe(0);
    expect(Math.max(...table.data.map(Math.abs))).toBeGreaterThan(0);
  });
});
