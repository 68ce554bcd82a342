/**
 * One process at a time uses a data folder. The lock is SQLite's own lock on an empty file, so the
 * operating system drops it with the process that held it, however that ends: there is no stale lock
 * to guess about. The pid beside it is only for the message.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { appError } from '../core/errors.ts';
import { sqliteCode } from './connection.ts';

/** A data folder held by this process. */
export interface FolderLock {
  release(): void;
}

function ownerOf(pidFile: string): number | null {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null; // The owner may be about to write it; the message does without.
  }
}

/**
 * Takes the folder for this process.
 *
 * Throws: STORAGE_LOCKED with the pid of the process that has it.
 */
export function lockFolder(folder: string): FolderLock {
  const pidFile = join(folder, 'lock.pid');
  const lock = new Sqlite(join(folder, 'lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!sqliteCode(error).startsWith('SQLITE_BUSY')) throw error;
    throw appError('STORAGE_LOCKED', { folder, pid: ownerOf(pidFile) }, error);
  }
  writeFileSync(pidFile, String(process.pid));
  return { release: () => lock.close() };
}
