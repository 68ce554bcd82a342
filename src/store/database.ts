/**
 * Opens a data folder: one SQLite file that is the truth, in WAL mode, with one writing connection,
 * a reading one for blobs, and Prisma's for ordinary queries. Both readers are read-only, so nothing
 * can write past the writer.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { appError } from '../core/errors.ts';
import { PrismaClient } from '../generated/prisma/client.ts';
import { releaseAbandonedClaims } from './abandoned-claims.ts';
import { SqlConnection } from './connection.ts';
import { type FolderLock, lockFolder } from './lock.ts';
import { migrate } from './migrate.ts';
import { useModel } from './model-generation.ts';

/** An open data folder. The functions of this folder's files take it as their first argument. */
export interface Database {
  readonly folder: string;
  /** Ordinary queries; read-only. */
  readonly prisma: PrismaClient;
  /** The one connection that writes. */
  readonly writer: SqlConnection;
  /** Blobs and searches; read-only, sees what is committed. */
  readonly reader: SqlConnection;
  close(): Promise<void>;
}

/** What to open. */
export interface DatabaseOptions {
  /** The data folder; made when it is not there. */
  readonly folder: string;
  /** Id of the model bundle in use: vectors of another one are cleared and documents read again. */
  readonly modelId: string;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const value = error instanceof Error ? error.message : error;
    throw appError(
      'STORAGE_INVALID',
      { folder, rule: 'be a folder that can be written', value },
      error,
    );
  }
}

async function connect(options: DatabaseOptions, lock: FolderLock): Promise<Database> {
  const { folder, modelId } = options;
  const path = join(folder, 'spandex.sqlite');
  const writer = new SqlConnection({ folder, path, readonly: false });
  try {
    migrate(writer, folder);
    releaseAbandonedClaims(writer);
    await useModel(writer, modelId);
  } catch (error) {
    writer.close();
    throw error;
  }
  const reader = new SqlConnection({ folder, path, readonly: true });
  const prisma = new PrismaClient({
    adapter: new PrismaBetterSqlite3(
      { url: `file:${path}`, readonly: true },
      { timestampFormat: 'unixepoch-ms' },
    ),
  });
  return {
    folder,
    prisma,
    writer,
    reader,
    close: async () => {
      await prisma.$disconnect();
      reader.close();
      writer.close();
      lock.release();
    },
  };
}

/**
 * Opens a data folder, brings its tables up to date, and puts back what a crashed process had begun.
 *
 * Throws: STORAGE_LOCKED when another process uses the folder; STORAGE_INVALID when it cannot be
 *         read, written or is of a newer version; STORAGE_FULL.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  makeFolder(options.folder);
  const lock = lockFolder(options.folder);
  try {
    return await connect(options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}
