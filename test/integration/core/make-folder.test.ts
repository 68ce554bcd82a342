import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../../src/core/make-folder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('makeFolder', () => {
  it('makes those above it, too, and is content with one that is there', () => {
    const path = join(temporaryFolder(), 'a', 'b', 'c');

    makeFolder(path);
    makeFolder(path);

    expect(existsSync(path)).toBe(true);
  });

  it('says why there can be none', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');

    expect(() => makeFolder(join(file, 'a'))).toThrow(
      expect.objectContaining({
        code: 'FILE_UNREADABLE',
        message: expect.stringContaining('cannot be written: a part of its path is a file'),
      }),
    );
  });

  it('ends where the file system takes no folders', () => {
    expect(() => makeFolder('/proc/none/a')).toThrow(
      expect.objectContaining({ code: 'FILE_UNREADABLE' }),
    );
  });
});
