import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../../src/core/make-folder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('makeFolder', () => {
  it('makes those above it, too, and is content with one that is there', async () => {
    const path = join(temporaryFolder(), 'a', 'b', 'c');

    await makeFolder(path);
    await makeFolder(path);

    expect(existsSync(path)).toBe(true);
  });

  it('says why there can be none', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');

    await expect(makeFolder(join(file, 'a'))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('cannot be written: a part of its path is a file'),
    });
  });

  it('ends where the file system takes no folders', async () => {
    await expect(makeFolder('/proc/none/a')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});
