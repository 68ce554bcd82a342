/** A data folder looked at, mended and looked at again. */
import type { SqlConnection } from '../connection.ts';
import { removeIndexFiles } from '../index-files.ts';
import type { Check } from './fault.ts';
import { repairDatabase } from './repair.ts';
import { isWhole, verifyDatabase } from './verify.ts';

/** What one mending uncovers, the next one mends: a file that is mended can be looked into. */
const rounds = 3;

/**
 * Mends a data folder, and removes the files of its indexes. Returns what is left: what cannot be
 * mended, or nothing.
 */
export function repairFolder(
  writer: SqlConnection,
  folder: string,
  onCheck: (check: Check) => void,
): Check[] {
  removeIndexFiles(folder);
  let checks = verifyDatabase(writer, onCheck);
  for (let round = 0; round < rounds && !isWhole(checks); round += 1) {
    repairDatabase(writer, checks);
    checks = verifyDatabase(writer);
  }
  return checks;
}
