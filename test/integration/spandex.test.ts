import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openModel } from '../../src/spandex.ts';
import { temporaryFolder, writeRandomBundle } from '../support/ner/random-bundle.ts';

const program = fileURLToPath(new URL('../support/ner/library-process.ts', import.meta.url));

describe('openModel', () => {
  it('extracts in a process that loads neither SQLite nor HNSW', async () => {
    const folder = await temporaryFolder();
    const directory = await writeRandomBundle(folder.path);

    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', program, directory, 'aspirin in the zinc oxide'],
      { cwd: fileURLToPath(new URL('../..', import.meta.url)) },
    );

    await folder.remove();
    const { windows, native } = JSON.parse(stdout) as { windows: number; native: string[] };
    expect(windows).toBe(1);
    expect(native.some((path) => path.includes('onnxruntime'))).toBe(true);
    expect(native.some((path) => path.includes('tokenizers'))).toBe(true);
    expect(native.filter((path) => /sqlite|hnsw|prisma/.test(path))).toEqual([]);
  });

  it('says which bundle is missing', async () => {
    await expect(openModel('no/such/folder')).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      details: { path: 'no/such/folder/manifest.json', value: 'it does not exist' },
    });
  });
});
