/** Files that are whole at any moment, whatever is killed and whenever the power goes. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './sync-folder.ts';
import { unwritable } from './unreadable.ts';

/** Writes a file and waits until the disk has it. */
export async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Puts a file with these bytes in place of another, if there is one. It is written beside it first,
 * always under one name, so that processes that are killed meanwhile leave one such file and not many.
 *
 * Throws: as `unwritable`; the file is as it was then.
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${path}.new`;
  try {
    await writeSynced(unfinished, bytes);
    await rename(unfinished, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw unwritable(path, cause);
  }
}
