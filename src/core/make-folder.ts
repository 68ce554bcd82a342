import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { unwritable } from './unreadable.ts';

/** Makes a folder unless something has its name. Returns the system's error if it cannot. */
function tryToMake(path: string): NodeJS.ErrnoException | null {
  try {
    mkdirSync(path);
    return null;
  } catch (cause) {
    const error = cause as NodeJS.ErrnoException;
    return error.code === 'EEXIST' ? null : error;
  }
}

/**
 * Makes a folder and those above it that are missing. Not by `recursive` of Node.js, which tries for
 * ever in a file system that takes no folders, such as /proc.
 *
 * Throws: STORAGE_FULL, STORAGE_FAILED, FILE_UNREADABLE.
 */
export function makeFolder(path: string): void {
  const first = tryToMake(path);
  if (first === null) return;
  if (first.code !== 'ENOENT' || dirname(path) === path) throw unwritable(path, first);
  makeFolder(dirname(path));
  const second = tryToMake(path);
  if (second !== null) throw unwritable(path, second);
}
