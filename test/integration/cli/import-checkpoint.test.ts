import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { readReferenceCase } from '../../../src/training/reference-case.ts';
import { writeOfficialEncoder } from '../../support/binder/official-encoder.ts';
import { runCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(120_000);

const official = fileURLToPath(new URL('../../fixtures/binder-tiny', import.meta.url));
const folder = temporaryFolder();
const types = join(folder, 'types.json');
const checkpoint = join(folder, 'model.safetensors');
let encoder: string;

beforeAll(async () => {
  encoder = writeOfficialEncoder(folder, await readReferenceCase(official));
  copyFileSync(join(official, 'weights.safetensors'), checkpoint);
  writeFileSync(types, '[{"name":"Drug","description":"ab ac"}]');
});

const importInto = (out: string, ...more: readonly string[]) =>
  runCli([
    'import-checkpoint',
    '--checkpoint',
    checkpoint,
    '--encoder',
    encoder,
    '--types',
    types,
    '--out',
    out,
    ...more,
  ]);

describe('spandex import-checkpoint', () => {
  it('writes a bundle that extract reads', async () => {
    const out = join(folder, 'bundle');

    const imported = await importInto(out, '--max-span-tokens', '5', '--json');
    const extracted = await runCli(['extract', '--model', out, '--json'], { input: 'ab bb cd.' });

    expect({ code: imported.code, stderr: imported.stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(imported.stdout)).toEqual({
      modelId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect({ code: extracted.code, stderr: extracted.stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(extracted.stdout)).toMatchObject({ coverage: { characters: 9 } });
  });

  it('refuses sizes that the checkpoint does not have', async () => {
    const { code, stderr } = await importInto(join(folder, 'other'), '--max-span-tokens', '25');

    expect(code).toBe(2);
    expect(stderr).toMatch(/^ARGUMENT_INVALID: --max-span-tokens must be from 1 to 21/);
  });
});
