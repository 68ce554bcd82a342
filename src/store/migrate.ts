/**
 * Applies the SQL files of prisma/migrations/ in order and keeps Prisma's own table of them, because
 * Prisma's `migrate` needs an engine that it downloads.
 *
 * Invariant: a migration and its row are one transaction, so a crash leaves it applied or not.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { appError } from '../core/errors.ts';
import type { SqlConnection } from './connection.ts';

/** One SQL file: its name without `.sql` is its name for ever. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

interface AppliedMigration {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: number | null;
}

const shipped = fileURLToPath(new URL('../../prisma/migrations/sqlite', import.meta.url));

const createTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "checksum" TEXT NOT NULL,
  "finished_at" DATETIME,
  "migration_name" TEXT NOT NULL,
  "logs" TEXT,
  "rolled_back_at" DATETIME,
  "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
  "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

const checksumOf = (sql: string): string => createHash('sha256').update(sql).digest('hex');

/** The migrations that come with the program, in the order they are applied in. */
export function readMigrations(folder: string = shipped): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({
      name: file.slice(0, -'.sql'.length),
      sql: readFileSync(join(folder, file), 'utf8'),
    }));
}

function apply(connection: SqlConnection, { name, sql }: Migration): void {
  const startedAt = Date.now();
  connection.transaction(() => {
    connection.execute(sql);
    connection.run('insertMigration', {
      id: randomUUID(),
      checksum: checksumOf(sql),
      name,
      startedAt,
      finishedAt: Date.now(),
    });
  });
}

/** Why a database with these migrations applied is none of ours, or undefined when it is. */
function fault(
  applied: readonly AppliedMigration[],
  migrations: readonly Migration[],
): string | undefined {
  for (const [i, row] of applied.entries()) {
    const migration = migrations[i];
    if (row.finished_at === null) return `migration ${row.migration_name} failed half-way`;
    if (migration?.name !== row.migration_name) {
      return `migration ${row.migration_name} is unknown to this version`;
    }
    if (checksumOf(migration.sql) !== row.checksum) {
      return `migration ${row.migration_name} was changed after it was applied`;
    }
  }
  return undefined;
}

/** Throws: STORAGE_INVALID for a database that is none of ours. Returns what was applied. */
function appliedTo(
  connection: SqlConnection,
  folder: string,
  migrations: readonly Migration[],
): readonly AppliedMigration[] {
  const applied = connection.all<AppliedMigration>('listMigrations');
  const value = fault(applied, migrations);
  if (value === undefined) return applied;
  throw appError('STORAGE_INVALID', {
    folder,
    rule: 'have the migrations of this version',
    value,
  });
}

/**
 * Refuses a database that is not up to date, for those who only read.
 *
 * Throws: STORAGE_INVALID.
 */
export function requireMigrated(connection: SqlConnection, folder: string): void {
  const migrations = readMigrations();
  const next = migrations[appliedTo(connection, folder, migrations).length];
  if (!next) return;
  const value = `migration ${next.name} has not been applied: a start of the server does that`;
  throw appError('STORAGE_INVALID', {
    folder,
    rule: 'have the migrations of this version',
    value,
  });
}

/**
 * Brings a database up to date.
 *
 * Throws: STORAGE_INVALID when a migration failed or was changed, or the database is of a newer
 *         version of the program; STORAGE_FULL. The database is then as it was.
 */
export function migrate(
  connection: SqlConnection,
  folder: string,
  migrations: readonly Migration[] = readMigrations(),
): void {
  connection.execute(createTable);
  const applied = appliedTo(connection, folder, migrations);
  for (const migration of migrations.slice(applied.length)) apply(connection, migration);
}
