/**
 * One process at a time uses a data folder. The lock is SQLite's own lock on an empty file, so the
 * operating system drops it with the process that held it, however that ends: there is no stale lock
 * to guess about. The pid beside it is only for the message.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { appError } from '../core/errors.ts';
import { sqliteCode, storageError } from './disk-error.ts';

/** A data folder held by this process. */
export interface FolderLock {
  release(): void;
}

const pidName = 'lock.pid';

/** What a data folder must be. */
const writable = 'be a folder that can be written';

function ownerOf(pidFile: string): number | null {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null; // The owner may be about to write it; the message does without.
  }
}

function refusal(error: unknown, folder: string): unknown {
  if (!sqliteCode(error).startsWith('SQLITE_BUSY')) return storageError(error, folder, writable);
  return appError('STORAGE_LOCKED', { folder, pid: ownerOf(join(folder, pidName)) }, error);
}

function openLock(folder: string): Sqlite.Database {
  try {
    return new Sqlite(join(folder, 'lock'), { timeout: 0 });
  } catch (error) {
    throw refusal(error, folder);
  }
}

/**
 * Takes the folder for this process.
 *
 * Throws: STORAGE_LOCKED with the pid of the process that has it; STORAGE_INVALID when the folder cannot
 *         be written; STORAGE_FULL; STORAGE_FAILED.
 */
export function lockFolder(folder: string): FolderLock {
  const lock = openLock(folder);
  try {
    lock.exec('BEGIN EXCLUSIVE');
    writeFileSync(join(folder, pidName), String(process.pid));
  } catch (error) {
    lock.close();
    throw refusal(error, folder);
  }
  return { release: () => lock.close() };
}
