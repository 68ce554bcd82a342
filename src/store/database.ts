/**
 * Opens a data folder: one SQLite file that is the truth, in WAL mode, with one writing connection and
 * some that read, Prisma's among them, each in a thread of its own. Those that read are read-only, so
 * nothing can write past the writer.
 */
import { type AppError, appError } from '../core/errors.ts';
import { makeFolder } from '../core/make-folder.ts';
import { PrismaClient } from '../generated/prisma/client.ts';
import { createThread, openThread } from '../ipc/thread.ts';
import { removeLeftovers } from './leftover-files.ts';
import { type FolderLock, lockFolder } from './lock.ts';
import { databaseFile } from './maintenance.ts';
import { prismaAdapter } from './prisma-adapter.ts';
import { SqlReader } from './sql-reader.ts';
import type { SqlThreadOptions } from './sql-thread.ts';
import { SqlWriter } from './sql-writer.ts';

/** An open data folder. The functions of this folder's files take it as their first argument. */
export interface Database {
  readonly folder: string;
  /** Ordinary queries; read-only. */
  readonly prisma: PrismaClient;
  /** The one connection that writes. */
  readonly writer: SqlWriter;
  /** Blobs and searches; read-only, sees what is committed. */
  readonly reader: SqlReader;
  close(): Promise<void>;
}

/** What to open. */
export interface DatabaseOptions {
  /** The data folder; made when it is not there. */
  readonly folder: string;
  /**
   * Id of the model bundle in use: vectors of another one are cleared and documents read again.
   * Undefined leaves them as they are.
   */
  readonly modelId: string | undefined;
}

function makeDataFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    const { code, cause } = error as AppError;
    if (code === 'STORAGE_FULL') throw error;
    const rule = 'be a folder that can be written';
    throw appError('STORAGE_INVALID', { folder, rule, value: (cause as Error).message }, error);
  }
}

/** Threads that read: one can be in a long scan while the other answers. */
const readers = 2;

const module = new URL('./sql-thread.ts', import.meta.url);

/** What only reads a database file that is up to date. */
export function openReading(
  files: Pick<SqlThreadOptions, 'folder' | 'path'>,
): Pick<Database, 'reader' | 'prisma'> {
  const reader = new SqlReader(
    Array.from({ length: readers }, () =>
      createThread({
        name: 'reader',
        module,
        argument: { ...files, readonly: true } satisfies SqlThreadOptions,
      }),
    ),
  );
  return { reader, prisma: new PrismaClient({ adapter: prismaAdapter(reader) }) };
}

async function connect(options: DatabaseOptions, lock: FolderLock): Promise<Database> {
  const { folder, modelId } = options;
  const files = { folder, path: databaseFile(folder) };
  const writer = new SqlWriter(
    await openThread({
      name: 'writer',
      module,
      argument: { ...files, readonly: false, modelId } satisfies SqlThreadOptions,
    }),
  );
  const { reader, prisma } = openReading(files);
  return {
    folder,
    prisma,
    writer,
    reader,
    close: async () => {
      await prisma.$disconnect();
      await reader.close();
      await writer.close();
      lock.release();
    },
  };
}

/**
 * Opens a data folder, brings its tables up to date, and puts back or removes what a crashed process had begun.
 *
 * Throws: STORAGE_LOCKED when another process uses the folder; STORAGE_INVALID when it cannot be
 *         read, written or is of a newer version; STORAGE_FULL.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  makeDataFolder(options.folder);
  const lock = lockFolder(options.folder);
  try {
    removeLeftovers(options.folder);
    return await connect(options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}
