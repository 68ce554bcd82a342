/**
 * A backup: one SQLite file as the database was at one moment, without free pages, and beside it a
 * manifest of what it must be. Made while the server runs.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { appError } from '../core/errors.ts';
import { unwritable } from '../core/unreadable.ts';
import { SqlConnection } from './connection.ts';
import { withReader } from './maintenance.ts';
import { renameDurably, writeDurably } from './write-durably.ts';

/** What a backup says of itself. */
export interface BackupManifest {
  readonly format: 1;
  /** Version of the program that made it. */
  readonly version: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly bytes: number;
  /** Of the backup's file, hex. */
  readonly sha256: string;
  /** Names of the migrations it has, in order. */
  readonly migrations: readonly string[];
  /** Id of the model whose vectors it has; null when none was used yet. */
  readonly modelId: string | null;
  /** Number of rows by table. */
  readonly rows: Readonly<Record<string, number>>;
}

/** Where a backup's manifest is. */
export const manifestFile = (path: string): string => `${path}.manifest.json`;

const chunkBytes = 1 << 20;

/** SHA-256 of a file, hex. */
function hashFile(path: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(chunkBytes);
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const length = readSync(file, chunk, 0, chunkBytes, null);
      if (length === 0) return hash.digest('hex');
      hash.update(chunk.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
}

const tables = [
  'collections',
  'documents',
  'entity_types',
  'spans',
  'mentions',
  'surface_forms',
  'reviews',
  'review_undos',
  'verdicts',
];

function describe(path: string, version: string): BackupManifest {
  const connection = new SqlConnection({ folder: dirname(path), path, readonly: true });
  try {
    const count = (table: string): number =>
      connection.query<{ count: number }>(`SELECT count(*) AS count FROM ${table}`, {})[0]?.count ??
      0;
    const applied = connection.all<{ migration_name: string }>('listMigrations');
    return {
      format: 1,
      version,
      createdAt: new Date().toISOString(),
      bytes: statSync(path).size,
      sha256: hashFile(path),
      migrations: applied.map((row) => row.migration_name),
      modelId: connection.get<{ bundleId: string }>('readModel')?.bundleId ?? null,
      rows: Object.fromEntries(tables.map((table) => [table, count(table)])),
    };
  } finally {
    connection.close();
  }
}

/** What a purge erases must not stay in a copy beside the database. */
function refuse(folder: string, path: string): void {
  if (resolve(path).startsWith(`${resolve(folder)}/`)) {
    const rule = 'a file outside the data folder';
    throw appError('ARGUMENT_INVALID', { argument: 'FILE', rule, value: path });
  }
  for (const file of [path, manifestFile(path)]) {
    if (existsSync(file)) throw appError('FILE_EXISTS', { path: file });
  }
}

/** Leaves an empty file, for SQLite to write into: what is wrong with it would be told of the data folder. */
function begin(path: string, unfinished: string): void {
  try {
    writeFileSync(unfinished, '');
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** What to back up, and where to. */
export interface BackupOptions {
  readonly folder: string;
  readonly path: string;
  /** Version of the program. */
  readonly version: string;
}

/**
 * Backs a data folder up, also while a server uses it. The indexes are not in it: they are caches.
 *
 * Throws: FILE_EXISTS; ARGUMENT_INVALID for a path in the data folder; STORAGE_INVALID; STORAGE_FULL; as
 *         `unwritable`.
 */
export function backUp({ folder, path, version }: BackupOptions): BackupManifest {
  refuse(folder, path);
  const unfinished = `${path}.unfinished`;
  begin(path, unfinished);
  try {
    withReader(folder, (connection) =>
      connection.change('VACUUM INTO :file', { file: unfinished }),
    );
    const manifest = describe(unfinished, version);
    renameDurably(unfinished, path);
    // Last: a backup without a manifest is not complete.
    writeDurably(manifestFile(path), `${JSON.stringify(manifest, null, 2)}\n`);
    return manifest;
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

const isManifest = (value: Partial<BackupManifest>): value is BackupManifest =>
  value.format === 1 &&
  typeof value.bytes === 'number' &&
  typeof value.sha256 === 'string' &&
  Array.isArray(value.migrations);

function readManifest(path: string): BackupManifest {
  const rule = 'have a manifest beside it';
  if (!existsSync(manifestFile(path))) {
    throw appError('BACKUP_INVALID', { path, rule, value: 'none' });
  }
  try {
    const value = JSON.parse(
      readFileSync(manifestFile(path), 'utf8'),
    ) as Partial<BackupManifest> | null;
    if (value !== null && isManifest(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw appError('BACKUP_INVALID', { path, rule, value: 'a file that is none' });
}

/**
 * Reads the manifest of a backup and compares the backup with it.
 *
 * Throws: FILE_UNREADABLE; BACKUP_INVALID.
 */
export function checkBackup(path: string): BackupManifest {
  if (!existsSync(path)) throw appError('FILE_UNREADABLE', { path, reason: 'it does not exist' });
  const manifest = readManifest(path);
  const { size } = statSync(path);
  if (size !== manifest.bytes) {
    throw appError('BACKUP_INVALID', { path, rule: `have ${manifest.bytes} bytes`, value: size });
  }
  const sha256 = hashFile(path);
  if (sha256 !== manifest.sha256) {
    const rule = `have the SHA-256 ${manifest.sha256}`;
    throw appError('BACKUP_INVALID', { path, rule, value: sha256 });
  }
  return manifest;
}
