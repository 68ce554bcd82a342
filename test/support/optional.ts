/**
 * Tests of what a machine may lack. Where it is missing they are skipped, and `npm test` names them;
 * with SPANDEX_REQUIRE_ALL=1 (continuous integration) a missing part is a failure instead.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Something that a machine may lack. */
interface Part {
  readonly name: string;
  /** Where it is, or undefined where it is not. */
  readonly path: string | undefined;
  readonly advice: string;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first of these commands that a PATH has. */
export function findCommand(names: readonly string[], path = process.env.PATH): string | undefined {
  const folders = (path ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** A browser that playwright-core can drive. */
const chromium: Part = {
  name: 'Chromium',
  path: process.env.CHROMIUM_PATH ?? findCommand(['chromium', 'chromium-browser', 'google-chrome']),
  advice: 'apt-get install chromium, or set CHROMIUM_PATH',
};

const registryTimeoutMs = 30_000;

/** A registry that npm can install packages from. */
function registry(): Part {
  const npm = findCommand(['npm']);
  const view = ['view', 'protobufjs', 'version', '--fetch-retries=0'];
  const answer = npm && spawnSync(npm, view, { stdio: 'ignore', timeout: registryTimeoutMs });
  return {
    name: 'a package registry',
    path: answer && answer.status === 0 ? npm : undefined,
    advice: 'connect to one, or set registry in ~/.npmrc',
  };
}

const shippedModel = fileURLToPath(new URL('../../models/spandex-small', import.meta.url));

/** The model that comes with the package. */
const model: Part = {
  name: 'models/spandex-small',
  path: existsSync(shippedModel) ? shippedModel : undefined,
  advice: 'check it out, or train it',
};

/** Where Linux tells of processes: which children a server has, and when they have ended. */
const processes: Part = {
  name: 'a folder /proc',
  path: existsSync('/proc/self/task') ? '/proc' : undefined,
  advice: 'run the test on Linux',
};

/** What makes a library of C, for calls of the operating system that fail. */
const compiler: Part = {
  name: 'a C compiler on Linux',
  path: process.platform === 'linux' ? findCommand(['cc', 'gcc', 'clang']) : undefined,
  advice: 'apt-get install gcc',
};

/** Leave to take minutes of all processors, which only continuous integration gives. */
const patience: Part = {
  name: 'leave to take minutes',
  path: process.env.SPANDEX_REQUIRE_ALL === '1' ? 'granted' : undefined,
  advice: 'set SPANDEX_REQUIRE_ALL=1',
};

/** `describe`, where the part is there; its path is handed to the block. */
function describeWith(part: Part, title: string, block: (path: string) => void): void {
  if (part.path !== undefined) {
    const { path } = part;
    describe(title, () => block(path));
    return;
  }
  if (process.env.SPANDEX_REQUIRE_ALL === '1') {
    describe(title, () => {
      it(`finds ${part.name}`, () => {
        throw new Error(`${part.name} is not there (${part.advice}).`);
      });
    });
    return;
  }
  describe.skip(`${title} (${part.name} is not there: ${part.advice})`, () => block(''));
}

/** `describe` for tests that drive a browser, skipped by name where there is none. */
export const describeWithChromium = (title: string, block: (executablePath: string) => void) =>
  describeWith(chromium, title, block);

/** `describe` for tests that install the package with its model, skipped by name without a registry. */
export const describeWithRegistry = (title: string, block: (npm: string) => void) =>
  describeWith(model, title, () => describeWith(registry(), 'from a registry', block));

/** `describe` for tests that read for minutes with the shipped model, skipped by name unless all is required. */
export const describeWithPatience = (title: string, block: (modelDirectory: string) => void) =>
  describeWith(patience, title, () => describeWith(model, 'with the shipped model', block));

/** `describe` for tests that kill processes of a server, skipped by name where none can be found. */
export const describeWithProcesses = (title: string, block: () => void) =>
  describeWith(processes, title, block);

/** `describe` for tests that have the operating system fail, skipped by name without a C compiler. */
export const describeWithCompiler = (title: string, block: (compiler: string) => void) =>
  describeWith(compiler, title, block);
