import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { openDatabase } from '../../../src/store/database.ts';
import { writeRandomBundle } from '../../support/ner/random-bundle.ts';
import { runCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(120_000);

const folder = temporaryFolder();
const data = join(folder, 'data');

beforeAll(async () => {
  const model = await writeRandomBundle(folder);
  const file = join(folder, 'note.txt');
  writeFileSync(file, 'Lithium carbonate and tremor, aspirin for the headache.');
  await runCli(['ingest', '--model', model, '--data', data, file]);
});

const audit = (...args: readonly string[]) => runCli(['audit', '--json', '--data', data, ...args]);

interface Answer {
  readonly indexes: readonly { space: string; audited: number; missed: number; repaired: number }[];
}

describe('spandex audit', () => {
  it('asks both indexes for every stored vector', async () => {
    const { code, stdout } = await audit('--full');

    const { indexes } = JSON.parse(stdout) as Answer;
    expect(code).toBe(0);
    expect(indexes.map(({ space }) => space)).toEqual(['TYPE', 'MEANING']);
    for (const { audited, missed } of indexes) {
      expect(audited).toBeGreaterThan(0);
      expect(missed).toBe(0);
    }
  });

  it('asks for some of them unless told otherwise', async () => {
    const { code, stdout } = await runCli(['audit', '--data', data]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/TYPE: \d+ vectors asked for, 0 missed, 0 repaired/);
  });

  it('refuses a folder without a database', async () => {
    const { code, stderr } = await runCli(['audit', '--data', folder]);

    expect(code).toBe(2);
    expect(stderr).toContain('STORAGE_INVALID');
  });

  it('refuses a folder that somebody uses', async () => {
    const database = await openDatabase({ folder: data, modelId: undefined });

    const { code, stderr } = await audit();

    await database.close();
    expect(code).toBe(2);
    expect(stderr).toContain('STORAGE_LOCKED');
  });
});
