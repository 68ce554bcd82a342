/**
 * `npm test`: installs and builds what is not up to date, runs jest (with the arguments given), then
 * names what was skipped. The last line is always `N passed, N failed, N skipped`.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { noResults, report } from './test-report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);

/** Runs jest to its end; gives its exit code, a signal's as a shell would. */
function jest(outputFile) {
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--json',
      `--outputFile=${outputFile}`,
      ...args,
    ],
    // jest prints its report on stderr, and with --json the results as JSON on stdout.
    { cwd: root, stdio: ['inherit', 'ignore', 2] },
  );
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

// An installation or a build that fails ends the process: that has a closing line too.
let closing = report(noResults, { exitCode: 1, isNarrowed: false });
process.on('exit', () => {
  for (const line of closing.lines) console.log(line);
});

install();
build();
const folder = mkdtempSync(`${tmpdir()}/spandex-test-`);
const outputFile = `${folder}/results.json`;
const exitCode = await jest(outputFile);
closing = report(
  existsSync(outputFile) ? JSON.parse(readFileSync(outputFile, 'utf8')) : noResults,
  { exitCode, isNarrowed: args.some((arg) => /^(-t|--testNamePattern)/.test(arg)) },
);
rmSync(folder, { recursive: true, force: true });
process.exitCode = closing.exitCode;
