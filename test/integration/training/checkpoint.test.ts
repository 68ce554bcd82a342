import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { readCheckpoint, writeCheckpoint } from '../../../src/training/checkpoint.ts';
import { freshRunState } from '../../../src/training/run-state.ts';
import { createWeightArena, type WeightArena } from '../../../src/training/weight-arena.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const header = { fingerprint: 'this run', state: { ...freshRunState, epoch: 3, step: 12 } };

async function anArena(start: number, size = 40): Promise<WeightArena> {
  const arena = await createWeightArena([{ name: 'w', dims: [size], group: 'head' }]);
  arena.kernel.arrays.forEach((array, place) => array.fill(start + place));
  return arena;
}

describe('writeCheckpoint', () => {
  it('keeps weights, moments and state for readCheckpoint', async () => {
    const path = join(temporaryFolder(), 'checkpoint');
    const [written, read] = [await anArena(1), await anArena(5)];

    await writeCheckpoint(path, header, written);
    const state = await readCheckpoint(path, 'this run', read);

    expect(state).toEqual(header.state);
    expect(read.kernel.arrays.map(([first]) => first)).toEqual([1, 6, 3, 4]);
  });

  it('leaves the last good checkpoint when the disk is full', async () => {
    const path = join(temporaryFolder(), 'checkpoint');
    await writeCheckpoint(path, header, await anArena(1));
    const before = await readFile(path);
    // Every write to /dev/full fails as on a full disk.
    symlinkSync('/dev/full', `${path}.new`);

    const writing = writeCheckpoint(path, header, await anArena(2));

    await expect(writing).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(await readFile(path)).toEqual(before);
    expect(existsSync(`${path}.new`)).toBe(false);
  });
});

describe('writeCheckpoint, before a power cut', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('forces the file to disk, and then its name', async () => {
    const folder = temporaryFolder();
    const handle = await open(folder);
    const handles = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const synced: string[] = [];
    jest.spyOn(handles, 'sync').mockImplementation(async function (this: FileHandle) {
      synced.push((await this.stat()).isDirectory() ? 'folder' : 'file');
    });

    await writeCheckpoint(join(folder, 'checkpoint'), header, await anArena(1));

    expect(synced).toEqual(['file', 'folder']);
  });
});

describe('writeCheckpoint, where it cannot write', () => {
  it('says why', async () => {
    const path = join(temporaryFolder(), 'checkpoint');
    mkdirSync(path);

    const writing = writeCheckpoint(path, header, await anArena(1));

    await expect(writing).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      details: { path, reason: 'it cannot be written: it is a folder' },
    });
  });
});

describe('readCheckpoint', () => {
  it('refuses the checkpoint of another run', async () => {
    const path = join(temporaryFolder(), 'checkpoint');
    await writeCheckpoint(path, header, await anArena(1));

    const reading = readCheckpoint(path, 'another run', await anArena(1));

    await expect(reading).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });

  it('refuses a file of other arrays', async () => {
    const path = join(temporaryFolder(), 'checkpoint');
    await writeCheckpoint(path, header, await anArena(1));

    const reading = readCheckpoint(path, 'this run', await anArena(1, 80));

    await expect(reading).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });

  it.each(['firstMoments', 'weights'])(
    'refuses a checkpoint with NaN among its %s',
    async (name) => {
      const path = join(temporaryFolder(), 'checkpoint');
      const arena = await anArena(1);
      const place = name === 'weights' ? 0 : 2;
      arena.kernel.arrays[place][7] = Number.NaN;
      await writeCheckpoint(path, header, arena);

      const reading = readCheckpoint(path, 'this run', await anArena(1));

      await expect(reading).rejects.toMatchObject({
        code: 'FILE_INVALID',
        details: { rule: 'a checkpoint of finite numbers', value: name },
      });
    },
  );

  it('refuses a file that ends too soon', async () => {
    const path = join(temporaryFolder(), 'checkpoint');
    await writeCheckpoint(path, header, await anArena(1));
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, whole.length - 100));

    const reading = readCheckpoint(path, 'this run', await anArena(1));

    await expect(reading).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });
});
