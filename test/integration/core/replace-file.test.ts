import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../../src/core/replace-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('replaceFile', () => {
  it('writes over what a killed process left, and leaves nothing but the new file', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'file');
    writeFileSync(path, 'old');
    writeFileSync(`${path}.new`, 'what was longer, and cut');

    await replaceFile(path, Buffer.from('new'));

    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('says why it cannot write where a folder is, and leaves that as it is', async () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'model');
    mkdirSync(folder);
    writeFileSync(join(folder, 'one.txt'), 'old');

    const replacing = replaceFile(folder, Buffer.from('new'));

    await expect(replacing).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    expect(readFileSync(join(folder, 'one.txt'), 'utf8')).toBe('old');
    expect(readdirSync(parent)).toEqual(['model']);
  });
});
