/**
 * A backup put back. It is copied, verified, brought up to date and purged of what was purged since,
 * all beside the database that is there; only then does it take its place.
 */
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { AppError, appError } from '../core/errors.ts';
import { makeFolder } from '../core/make-folder.ts';
import { type BackupManifest, checkBackup } from './backup.ts';
import { SqlConnection } from './connection.ts';
import { removeIndexFiles } from './index-files.ts';
import { removeLeftovers, restoringFile } from './leftover-files.ts';
import { lockFolder } from './lock.ts';
import { databaseFile } from './maintenance.ts';
import { migrate } from './migrate.ts';
import {
  type DocumentKey,
  hashOfKey,
  type PurgeRecord,
  readPurgeFile,
  readPurges,
  writePurgeFile,
} from './purge-ledger.ts';
import { isWhole, verifyDatabase } from './verify/verify.ts';
import { renameDurably } from './write-durably.ts';
import { eraseDeleted, finishPurges, purgeRows } from './writes/purge.ts';

/** What to restore, and where to. */
export interface RestoreOptions {
  readonly path: string;
  readonly folder: string;
  /** Whether a database that is there may be thrown away. */
  readonly replace: boolean;
}

/** What was restored. */
export interface Restored {
  readonly manifest: BackupManifest;
  /** How many documents of the backup had been purged since, and are not back. */
  readonly purgedAgain: number;
}

/** The files that SQLite keeps beside a database. */
const withSideFiles = (path: string): string[] => [path, `${path}-wal`, `${path}-shm`];

const remove = (paths: readonly string[]): void => {
  for (const path of paths) rmSync(path, { force: true });
};

/**
 * What the database that is there remembers, if it can still be read, and leaves its log empty: a log
 * that is left behind would be taken for one of the database that comes in its place.
 */
function readPresentPurges(folder: string): PurgeRecord[] {
  const path = databaseFile(folder);
  if (!existsSync(path)) return [];
  try {
    const connection = new SqlConnection({ folder, path, readonly: false });
    try {
      return readPurges(connection);
    } finally {
      connection.close();
    }
  } catch {
    return []; // It is damaged, or older than purges: the file beside it remembers.
  }
}

/** Purges a restored database of what was purged after it was backed up. */
function purgeAgain(
  connection: SqlConnection,
  folder: string,
  known: readonly PurgeRecord[],
): number {
  const before = new Set(readPurges(connection).map(({ id }) => id));
  const later = new Set(known.filter(({ id }) => !before.has(id)).map(({ hash }) => hash));
  const rows = connection.query<DocumentKey & { id: number }>(
    `SELECT d.id, c.name AS collection, d.external_id AS externalId, d.text_hash AS textHash
     FROM documents d JOIN collections c ON c.id = d.collection_id ORDER BY d.id`,
    {},
  );
  const ids = rows.filter((row) => later.has(hashOfKey(row).hash)).map(({ id }) => id);
  const purged = purgeRows(connection, ids);
  for (const { id, kind, hash, purgedAt } of known) {
    connection.change(
      `INSERT INTO purges (id, kind, hash, purged_at, is_erased)
       VALUES (:id, :kind, :hash, :purgedAt, 1) ON CONFLICT DO NOTHING`,
      { id, kind, hash, purgedAt },
    );
  }
  if (ids.length > 0) eraseDeleted(connection, folder);
  finishPurges(
    connection,
    purged.map(({ purgeId }) => purgeId),
  );
  return ids.length;
}

/** Makes a copy of a backup fit to be used. Throws: BACKUP_INVALID. */
function prepare(copy: string, { path, folder }: RestoreOptions, known: PurgeRecord[]): number {
  const connection = new SqlConnection({ folder, path: copy, readonly: false });
  try {
    migrate(connection, folder);
    const purged = purgeAgain(connection, folder, known);
    const checks = verifyDatabase(connection);
    if (!isWhole(checks)) {
      const value = checks.flatMap(({ faults }) => faults)[0];
      throw appError('BACKUP_INVALID', { path, rule: 'be whole', value });
    }
    return purged;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'STORAGE_INVALID') throw error;
    const { rule, value } = error.details as { rule: string; value: unknown };
    throw appError('BACKUP_INVALID', { path, rule, value }, error);
  } finally {
    connection.close();
  }
}

function restoreInto(options: RestoreOptions): Restored {
  const { path, folder, replace } = options;
  const target = databaseFile(folder);
  if (existsSync(target) && !replace) throw appError('FILE_EXISTS', { path: target });
  const manifest = checkBackup(path);
  const copy = restoringFile(folder);
  try {
    removeLeftovers(folder);
    copyFileSync(path, copy);
    const known = [...readPurgeFile(folder), ...readPresentPurges(folder)];
    const purgedAgain = prepare(copy, options, known);
    writePurgeFile(folder, known);
    removeIndexFiles(folder);
    remove(withSideFiles(target).slice(1));
    renameDurably(copy, target);
    return { manifest, purgedAgain };
  } finally {
    remove(withSideFiles(copy));
  }
}

/**
 * Puts a backup into a data folder that nobody uses. Its indexes are built anew at the next start.
 *
 * Throws: FILE_UNREADABLE; BACKUP_INVALID; FILE_EXISTS for a folder with a database, unless that is to
 *         be replaced; STORAGE_LOCKED; as `unwritable`. The database that was there is still there then.
 */
export function restore(options: RestoreOptions): Restored {
  makeFolder(options.folder);
  const lock = lockFolder(options.folder);
  try {
    return restoreInto(options);
  } finally {
    lock.release();
  }
}
