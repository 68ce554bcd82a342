/**
 * Tests of what a machine may lack. Where it is missing they are skipped, and `npm test` names them;
 * with SPANDEX_REQUIRE_ALL=1 (continuous integration) a missing part is a failure instead.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

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

/** The first of these commands that the PATH has. */
function findCommand(...names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** A browser that playwright-core can drive. */
const chromium: Part = {
  name: 'Chromium',
  path: process.env.CHROMIUM_PATH ?? findCommand('chromium', 'chromium-browser', 'google-chrome'),
  advice: 'apt-get install chromium, or set CHROMIUM_PATH',
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
        throw new Error(`${part.name} is not installed (${part.advice}).`);
      });
    });
    return;
  }
  describe.skip(`${title} (${part.name} is not installed: ${part.advice})`, () => block(''));
}

/** `describe` for tests that drive a browser, skipped by name where there is none. */
export const describeWithChromium = (title: string, block: (executablePath: string) => void) =>
  describeWith(chromium, title, block);
