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

/** Titles of the skipped tests' outermost blocks, which say why (test/support/optional.ts). */
function skippedParts(results) {
  const skipped = results.testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => status === 'pending' || status === 'todo');
  return [...new Set(skipped.map(({ ancestorTitles, title }) => ancestorTitles[0] ?? title))];
}

/** Prints the closing lines and gives the exit code. */
function report(results, exitCode) {
  const brokenFiles = results.numRuntimeErrorTestSuites;
  const failed = results.numFailedTests + brokenFiles;
  const skipped = results.numPendingTests + results.numTodoTests;
  // A pattern of names skips all others on purpose.
  const isNarrowed = args.some((arg) => /^(-t|--testNamePattern)/.test(arg));
  if (!isNarrowed) for (const part of skippedParts(results)) console.log(`skipped: ${part}`);
  console.log(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 ? exitCode : exitCode || 1;
}

install();
build();
const folder = mkdtempSync(`${tmpdir()}/spandex-test-`);
const exitCode = await jest(`${folder}/results.json`);
const noResults = {
  numPassedTests: 0,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 1,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
};
process.exitCode = existsSync(`${folder}/results.json`)
  ? report(JSON.parse(readFileSync(`${folder}/results.json`, 'utf8')), exitCode)
  : report(noResults, exitCode);
rmSync(folder, { recursive: true, force: true });
