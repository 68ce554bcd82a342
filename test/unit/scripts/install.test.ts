import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Packages = Readonly<Record<string, { readonly version: string; readonly optional?: true }>>;

const { isInstalled } = (await import(
  String(new URL('../../../scripts/install.mjs', import.meta.url))
)) as { isInstalled: (folder: string) => boolean };

const wanted: Packages = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/a/node_modules/b': { version: '2.0.0' },
  'node_modules/c-for-another-system': { version: '3.0.0', optional: true },
};

describe('isInstalled', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'spandex-install-'));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function installed(packages: Packages): void {
    mkdirSync(join(folder, 'node_modules'));
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
  }

  it('is false without node_modules', () => {
    const answer = isInstalled(folder);

    expect(answer).toBe(false);
  });

  it('is true when every package is there, but those for another system', () => {
    installed({
      'node_modules/a': { version: '1.0.0' },
      'node_modules/a/node_modules/b': { version: '2.0.0' },
    });

    const answer = isInstalled(folder);

    expect(answer).toBe(true);
  });

  it.each([
    ['is missing', { 'node_modules/a': { version: '1.0.0' } }],
    [
      'has another version',
      {
        'node_modules/a': { version: '1.0.0' },
        'node_modules/a/node_modules/b': { version: '2.0.1' },
      },
    ],
  ])('is false when a package %s', (_, packages) => {
    installed(packages);

    const answer = isInstalled(folder);

    expect(answer).toBe(false);
  });
});
