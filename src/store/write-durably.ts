/** Files that are whole or not there, whenever the power goes. */
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { storageError } from './disk-error.ts';

/** Makes what was written to a file or folder survive a power cut. */
function syncPath(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Gives a file that is complete its name. */
export function renameDurably(from: string, to: string): void {
  syncPath(from);
  renameSync(from, to);
  syncPath(dirname(to));
}

/**
 * Writes a file: after a crash there is the one before or this one, whole.
 *
 * Throws: STORAGE_FULL, STORAGE_FAILED.
 */
export function writeDurably(path: string, text: string): void {
  const unfinished = `${path}.unfinished`;
  try {
    writeFileSync(unfinished, text);
    renameDurably(unfinished, path);
  } catch (error) {
    throw storageError(error, dirname(path));
  }
}
