import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { runCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(120_000);

const tiny = 'models/tiny';

describe('spandex card', () => {
  it('prints what a bundle says of itself', async () => {
    const { code, stdout, stderr } = await runCli(['card', '--model', tiny]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^# tiny\n/);
    expect(stdout).toMatch(/\| dev[^|]* \| Chemical \| 86\.76 \| 59\.06 \| 70\.28 \|/);
    expect(stdout).toContain('| BioCreative V CDR (train) | public domain |');
    expect(stdout).toContain('\n  "learningRate": 0.002,\n');
  });

  it('gives the record itself as JSON', async () => {
    const { stdout } = await runCli(['card', '--model', tiny, '--json']);

    expect(JSON.parse(stdout)).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      name: 'tiny',
      training: { recipe: { seed: 1 } },
    });
  });

  it('has no card for a folder that is no bundle', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'manifest.json'), '{}');

    const { code, stdout, stderr } = await runCli(['card', '--model', folder]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^BUNDLE_INVALID: /);
  });
});
