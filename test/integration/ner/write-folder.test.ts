import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFolder, writeFolder } from '../../../src/ner/write-folder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const filesOf = (text: string) => new Map([['one.txt', Buffer.from(text)]]);

/** A folder with a file of this text. */
function aFolder(path: string, text: string): string {
  mkdirSync(path);
  writeFileSync(join(path, 'one.txt'), text);
  return path;
}

const textIn = (folder: string): string => readFileSync(join(folder, 'one.txt'), 'utf8');

describe('replaceFolder', () => {
  it('leaves nothing but the new folder', async () => {
    const parent = temporaryFolder();
    const folder = aFolder(join(parent, 'model'), 'old');

    await replaceFolder(folder, aFolder(join(parent, 'next'), 'new'));

    expect(textIn(folder)).toBe('new');
    expect(readdirSync(parent)).toEqual(['model']);
  });

  it('leaves the old folder where the new one cannot take its place', async () => {
    const parent = temporaryFolder();
    const folder = aFolder(join(parent, 'model'), 'old');

    const replacing = replaceFolder(folder, join(parent, 'not there'));

    await expect(replacing).rejects.toMatchObject({ code: 'ENOENT' });
    expect(textIn(folder)).toBe('old');
    expect(readdirSync(parent)).toEqual(['model']);
  });
});

describe('writeFolder', () => {
  it('writes in place of an older folder and leaves nothing else', async () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'model');
    await writeFolder(folder, filesOf('old'), ['one.txt']);

    await writeFolder(folder, filesOf('new'), ['one.txt']);

    expect(textIn(folder)).toBe('new');
    expect(readdirSync(parent)).toEqual(['model']);
  });

  it('says why it cannot write below a file', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');

    const writing = writeFolder(join(file, 'model'), filesOf('new'), ['one.txt']);

    await expect(writing).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});
