import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { describeWithRegistry, findCommand } from '../support/optional.ts';
import { type InstalledPackage, installPacked } from '../support/packed-package.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// Packs, installs a few hundred packages and loads a model.
jest.setTimeout(600_000);

const program = `import { openModel } from 'spandex';
const model = await openModel();
const [{ mentions }] = await model.extract([process.argv[2]], model.model.types);
for (const { start, end, type } of mentions) console.log(type, process.argv[2].slice(start, end));
await model.close();
`;

/** The command line's file, in the project. */
function mainFile({ project }: InstalledPackage): string {
  const path = join(project, 'node_modules/spandex/package.json');
  const { bin } = JSON.parse(readFileSync(path, 'utf8')) as { bin: { spandex: string } };
  return join('node_modules/spandex', bin.spandex);
}

const text = 'Lithium carbonate induced tremor and renal failure in two patients.';

describeWithRegistry('the packed package', () => {
  let installed: InstalledPackage;

  beforeAll(() => {
    installed = installPacked(temporaryFolder());
  });

  it('prints the mentions of a text in five lines, without compiler or install scripts', () => {
    writeFileSync(join(installed.project, 'program.mjs'), program);

    const printed = installed.node(['program.mjs', text]).trimEnd().split('\n');

    const compilers = ['cc', 'c++', 'g++', 'clang', 'make', 'python3'];
    expect(findCommand(compilers, installed.path)).toBeUndefined();
    expect(existsSync(join(installed.project, 'node_modules/better-sqlite3/build'))).toBe(false);
    expect(printed).toEqual(
      expect.arrayContaining(['Chemical Lithium carbonate', 'Disease tremor']),
    );
  });

  it('has a command line', () => {
    const main = mainFile(installed);

    const printed = installed.node([main, 'extract', '--overlap', 'flat', '--json'], text);

    const { mentions } = JSON.parse(printed) as { mentions: { text: string; type: string }[] };
    expect(mentions).toContainEqual(
      expect.objectContaining({ text: 'Lithium carbonate', type: 'Chemical' }),
    );
    expect(installed.node([main, '--help'])).toContain('Usage: spandex');
  });

  it('says what serving lacks where nothing was compiled', () => {
    const main = mainFile(installed);

    const serve = () => installed.node([main, 'serve', '--port', '0']);

    expect(serve).toThrow(
      /ADDON_MISSING: The compiled addon of "better-sqlite3" must be there.*npm rebuild/,
    );
  });

  it('holds what a user needs and nothing else', () => {
    const folders = new Set(installed.files.map((path) => path.split('/')[0]));

    expect(installed.files).toEqual(
      expect.arrayContaining(['dist/spandex.js', 'dist/spandex.d.ts', 'LICENSE', 'NOTICE']),
    );
    for (const folder of ['src', 'test', 'bench', 'scripts']) expect(folders).not.toContain(folder);
  });
});
