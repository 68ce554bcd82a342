/**
 * Folders of files that appear whole or not at all, whatever is killed and whenever: written beside
 * their place, flushed to the disk, then renamed.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { appError } from '../core/errors.ts';
import { makeFolder } from '../core/make-folder.ts';
import { writeSynced } from '../core/replace-file.ts';
import { syncFolder } from '../core/sync-folder.ts';
import { unwritable } from '../core/unreadable.ts';

async function namesIn(path: string): Promise<readonly string[] | null> {
  try {
    return await readdir(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unwritable(path, cause);
  }
}

/** Puts the folder `next` in place of another, which is there again if that fails. */
export async function replaceFolder(path: string, next: string): Promise<void> {
  const previous = `${path}.${randomUUID()}.old`;
  await rename(path, previous);
  try {
    await rename(next, path);
  } catch (cause) {
    await rename(previous, path);
    throw cause;
  }
  await rm(previous, { recursive: true });
}

/**
 * Puts a folder with these files in place of `directory`, which may hold an older one: anything
 * but the files `replaceable` in it is refused, because it would be lost.
 *
 * Throws: ARGUMENT_INVALID; as `unwritable`.
 */
export async function writeFolder(
  directory: string,
  files: ReadonlyMap<string, Uint8Array>,
  replaceable: readonly string[],
): Promise<void> {
  const target = resolve(directory);
  const present = await namesIn(target);
  const stranger = present?.find((name) => !replaceable.includes(name));
  if (stranger !== undefined) {
    const rule = `a new or empty folder, or one that holds only ${replaceable.join(', ')}`;
    throw appError('ARGUMENT_INVALID', { argument: 'The folder to write', rule, value: stranger });
  }
  const parent = dirname(target);
  makeFolder(parent);
  const next = `${target}.${randomUUID()}.new`;
  try {
    await mkdir(next);
    for (const [name, bytes] of files) await writeSynced(join(next, name), bytes);
    await syncFolder(next);
    await (present === null ? rename(next, target) : replaceFolder(target, next));
    await syncFolder(parent);
  } catch (cause) {
    await rm(next, { recursive: true, force: true });
    throw unwritable(target, cause);
  }
}
