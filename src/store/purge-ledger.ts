/**
 * What was purged, remembered as hashes. The database has it, and so has every backup made since; a
 * file beside the database has it too, for the day when that is damaged and an old backup is restored.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appError } from '../core/errors.ts';
import type { SqlConnection } from './connection.ts';
import { writeDurably } from './write-durably.ts';

/** A document that was purged: the hash of what it was known by. */
export interface PurgeRecord {
  readonly id: string;
  readonly kind: 'EXTERNAL_ID' | 'TEXT';
  readonly hash: string;
  /** Units: milliseconds since 1970. */
  readonly purgedAt: number;
}

/** What a document is known by. */
export interface DocumentKey {
  readonly collection: string;
  readonly externalId: string | null;
  readonly textHash: string;
}

/** The hash of what a document is known by. */
export function hashOfKey({ collection, externalId, textHash }: DocumentKey): {
  kind: PurgeRecord['kind'];
  hash: string;
} {
  const kind = externalId === null ? 'TEXT' : 'EXTERNAL_ID';
  const key = JSON.stringify([kind, collection, externalId ?? textHash]);
  return { kind, hash: createHash('sha256').update(key).digest('hex') };
}

/** What a database remembers. */
export const readPurges = (connection: SqlConnection): PurgeRecord[] =>
  connection.query<PurgeRecord>(
    'SELECT id, kind, hash, purged_at AS purgedAt FROM purges ORDER BY purged_at, id',
    {},
  );

const fileOf = (folder: string): string => join(folder, 'purges.json');

const isRecord = (value: Partial<PurgeRecord> | null): value is PurgeRecord =>
  typeof value?.id === 'string' &&
  (value.kind === 'EXTERNAL_ID' || value.kind === 'TEXT') &&
  typeof value.hash === 'string' &&
  typeof value.purgedAt === 'number';

/**
 * What the file beside the database remembers.
 *
 * Throws: STORAGE_INVALID when it cannot be read: what was purged must not come back unnoticed.
 */
export function readPurgeFile(folder: string): PurgeRecord[] {
  if (!existsSync(fileOf(folder))) return [];
  try {
    const records = JSON.parse(readFileSync(fileOf(folder), 'utf8')) as Partial<PurgeRecord>[];
    if (Array.isArray(records) && records.every(isRecord)) return records;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const rule = 'have a purges.json that lists what was purged';
  throw appError('STORAGE_INVALID', { folder, rule, value: 'another content' });
}

/** Writes the file anew: what the database remembers, and what only the file does. */
export function writePurgeFile(folder: string, records: readonly PurgeRecord[]): void {
  const all = new Map([...readPurgeFile(folder), ...records].map((each) => [each.id, each]));
  if (all.size === 0) return;
  writeDurably(fileOf(folder), `${JSON.stringify([...all.values()])}\n`);
}
