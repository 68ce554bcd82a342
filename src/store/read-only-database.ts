/** A data folder that is only looked at, also while a server uses it. */
import type { Database } from './database.ts';
import { openReading } from './database.ts';
import { databaseFile, openReader } from './maintenance.ts';
import type { SqlWriter } from './sql-writer.ts';

/**
 * Opens a database without its writer, which nothing that reads asks for.
 *
 * Throws: STORAGE_INVALID when there is none, or of another version.
 */
export function openReadOnlyDatabase(folder: string): Database {
  openReader(folder).close();
  const { reader, prisma } = openReading({ folder, path: databaseFile(folder) });
  return {
    folder,
    prisma,
    reader,
    get writer(): SqlWriter {
      throw new Error('A database that is only read has no writer.');
    },
    close: async () => {
      await prisma.$disconnect();
      await reader.close();
    },
  };
}
