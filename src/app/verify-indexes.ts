/**
 * The vector indexes against SQL: each stored vector is asked for, and each that an index has must be
 * stored.
 */
import { existsSync } from 'node:fs';
import { indexFile } from '../store/index-files.ts';
import type { Check } from '../store/verify/fault.ts';
import type { Logger } from '../telemetry/logger.ts';
import { auditIndexes } from './audit-indexes.ts';

/**
 * Compares the indexes of a folder that nobody uses with its database; what they lack is repaired.
 * Without a file of theirs there is nothing to compare: they are built from the database at a start.
 *
 * Throws: STORAGE_LOCKED.
 */
export async function verifyIndexes(folder: string, logger: Logger): Promise<Check> {
  const name = 'VECTOR_INDEX';
  const isThere = (['TYPE', 'MEANING'] as const).some((space) =>
    existsSync(indexFile(folder, space)),
  );
  if (!isThere) return { name, checked: 0, faults: [] };
  const onProgress = (): void => undefined;
  const audits = await auditIndexes(folder, { full: true, logger, onProgress });
  return {
    name,
    checked: audits.reduce((sum, { audited }) => sum + audited, 0),
    faults: audits
      .filter(({ missed }) => missed > 0)
      .map(({ space, missed }) => ({
        table: `${space} index`,
        id: null,
        what: `had lost, or had without need, ${missed} vectors`,
      })),
  };
}
