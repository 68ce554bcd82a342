/** Prisma's driver, asking a thread that reads instead of a connection of this one. */
import type { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import type { SqlReader } from './sql-reader.ts';

type Adapter = Awaited<ReturnType<PrismaBetterSqlite3['connect']>>;

const identity = { provider: 'sqlite', adapterName: '@prisma/adapter-better-sqlite3' } as const;

const refuse = (): Promise<never> =>
  Promise.reject(new Error('Prisma only reads, one query at a time.'));

/** A driver whose queries are run by the reader; it writes nothing. */
export const prismaAdapter = (reader: SqlReader) => ({
  ...identity,
  connect: async (): Promise<Adapter> => ({
    ...identity,
    queryRaw: (query) => reader.prisma('queryRaw', query),
    executeRaw: (query) => reader.prisma('executeRaw', query),
    executeScript: refuse,
    startTransaction: refuse,
    dispose: async () => undefined,
  }),
});
