/** The vector indexes of a folder that no server uses, asked for what the database has. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { appError } from '../core/errors.ts';
import { openDatabase } from '../store/database.ts';
import { countVectors, type VectorSpace } from '../store/vectors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { openStoredIndexes } from './stored-indexes.ts';

/** How to audit. */
export interface AuditOptions {
  /** Whether to ask for every vector, and for ids that there are not; else for some thousand. */
  readonly full: boolean;
  readonly logger: Logger;
  readonly onProgress: (audited: number, total: number) => void;
}

/** What an audit of one index has found. */
export interface SpaceAudit {
  readonly space: VectorSpace;
  /** Vectors that were asked for. */
  readonly audited: number;
  /** Vectors that the index did not find, or had without need. */
  readonly missed: number;
  /** Those of them that are right again. */
  readonly repaired: number;
}

const sampleSize = 1_000;

/**
 * Audits both indexes and repairs what they lack.
 *
 * Throws: STORAGE_INVALID when there is no database; STORAGE_LOCKED while a server uses the folder, which audits by itself.
 */
export async function auditIndexes(folder: string, options: AuditOptions): Promise<SpaceAudit[]> {
  const { full, logger, onProgress } = options;
  if (!existsSync(join(folder, 'spandex.sqlite'))) {
    throw appError('STORAGE_INVALID', { folder, rule: 'hold a database', value: 'none' });
  }
  const database = await openDatabase({ folder, modelId: undefined });
  try {
    const indexes = await openStoredIndexes(database, logger);
    try {
      const audits: SpaceAudit[] = [];
      for (const space of ['TYPE', 'MEANING'] as const) {
        const total = await countVectors(database, space);
        const index = space === 'TYPE' ? indexes.typeIndex : indexes.meaningIndex;
        const counts = full
          ? await index.auditAll((audited) => onProgress(audited, total))
          : await index.auditSome(Math.min(sampleSize, total));
        audits.push({ space, ...counts });
      }
      return audits;
    } finally {
      await indexes.close();
    }
  } finally {
    await database.close();
  }
}
