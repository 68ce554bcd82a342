import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { runCli } from '../../support/run-cli.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(120_000);

const commands = [
  'serve',
  'ingest',
  'extract',
  'search',
  'export',
  'label',
  'train',
  'train-meaning',
  'evaluate',
  'calibrate',
  'shift-thresholds',
  'card',
  'import-checkpoint',
  'import-vocabulary',
  'reference',
  'audit',
  'backup',
  'restore',
  'verify',
  'repair',
  'purge',
];

describe('spandex', () => {
  it('lists its commands', async () => {
    const { code, stdout, stderr } = await runCli(['--help']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of commands) expect(stdout).toContain(`\n  ${command} `);
  });

  it.each(commands)('explains %s and its --json', async (command) => {
    const { code, stdout, stderr } = await runCli([command, '--help']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: spandex ${command} `));
    expect(stdout).toContain('--json');
  });

  const toFullDisk = existsSync('/dev/full') ? it : it.skip;

  toFullDisk('ends with a failure when its answer has no room', () => {
    const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
    const full = openSync('/dev/full', 'w');

    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', main, '--help'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });

    closeSync(full);
    expect({ code: status, stderr }).toEqual({
      code: 4,
      stderr: expect.stringMatching(/^STORAGE_FULL: [^\n]*"standard output"[^\n]*\n$/),
    });
  });

  it('says its version', async () => {
    const { code, stdout } = await runCli(['--version']);

    const { version } = JSON.parse(
      readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
    ) as { version: string };
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${version}\n` });
  });

  it.each([
    { fault: 'no command', args: [], message: /Usage: spandex/ },
    { fault: 'an unknown command', args: ['fly'], message: /unknown command 'fly'/ },
    { fault: 'an unknown option', args: ['serve', '--fast'], message: /unknown option '--fast'/ },
    { fault: 'a missing option', args: ['evaluate'], message: /--data <file>' not specified/ },
    { fault: 'a missing argument', args: ['ingest'], message: /missing required argument 'path'/ },
    {
      fault: 'a choice that there is not',
      args: ['extract', '--overlap', 'some'],
      message: /Allowed choices are nested, flat/,
    },
    {
      fault: 'a port that is none',
      args: ['serve', '--port', '70000'],
      message: /a whole number from 0 to 65535/,
    },
    {
      fault: 'an empty address, which would be every one of this machine',
      args: ['serve', '--host', ''],
      message: /'--host <address>' argument '' is invalid. It must have at least one character/,
    },
    {
      fault: 'an empty folder',
      args: ['verify', '--data', ''],
      message: /It must have at least one character/,
    },
    {
      fault: 'a misspelt option, and says how to go on',
      args: ['search', '--limt', '3'],
      message: /Did you mean --limit\?\)\n\(add --help for what there is\)\n/,
    },
  ])('exits with 2 for $fault', async ({ args, message }) => {
    const { code, stdout, stderr } = await runCli(args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it('escapes what it repeats of its arguments', async () => {
    const { stderr } = await runCli(['fly\u001b[31m']);

    expect(stderr).toContain('fly\\u001b[31m');
    expect(stderr).not.toContain('\u001b');
  });

  it('exits with 2 for a setting that breaks its rule', async () => {
    const { code, stderr } = await runCli(['extract'], { environment: { SPANDEX_PORT: 'many' } });

    expect(code).toBe(2);
    expect(stderr).toMatch(/^SETTING_INVALID: The setting SPANDEX_PORT must be .*\n$/);
  });
});
