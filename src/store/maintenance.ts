/**
 * Connections for work on a data folder beside the server: checks and backups read while it runs,
 * repairs and purges have the folder to themselves. No model is needed for either.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { appError } from '../core/errors.ts';
import { SqlConnection } from './connection.ts';
import { removeLeftovers } from './leftover-files.ts';
import { lockFolder } from './lock.ts';
import { migrate, requireMigrated } from './migrate.ts';

/** The database of a data folder. */
export const databaseFile = (folder: string): string => join(folder, 'spandex.sqlite');

/** Throws: STORAGE_INVALID when the folder has no database. */
function requireDatabase(folder: string): string {
  const path = databaseFile(folder);
  if (existsSync(path)) return path;
  throw appError('STORAGE_INVALID', { folder, rule: 'hold a database', value: 'none' });
}

/**
 * Opens a database to look at, also while a server uses it. Whoever asks closes it.
 *
 * Throws: STORAGE_INVALID when there is none, or of another version.
 */
export function openReader(folder: string): SqlConnection {
  const path = requireDatabase(folder);
  const connection = new SqlConnection({ folder, path, readonly: true });
  try {
    requireMigrated(connection, folder);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Looks at a database, also while a server uses it.
 *
 * Throws: STORAGE_INVALID when there is none, or of another version.
 */
export function withReader<Result>(
  folder: string,
  look: (connection: SqlConnection) => Result,
): Result {
  const connection = openReader(folder);
  try {
    return look(connection);
  } finally {
    connection.close();
  }
}

/**
 * Works on a database that nobody else uses meanwhile, brought up to date.
 *
 * Throws: STORAGE_LOCKED when somebody does; STORAGE_INVALID when there is none.
 */
export function withWriter<Result>(
  folder: string,
  work: (connection: SqlConnection) => Result,
): Result {
  const path = requireDatabase(folder);
  const lock = lockFolder(folder);
  try {
    removeLeftovers(folder);
    const connection = new SqlConnection({ folder, path, readonly: false });
    try {
      migrate(connection, folder);
      return work(connection);
    } finally {
      connection.close();
    }
  } finally {
    lock.release();
  }
}
