/**
 * Files that are in a data folder only while something is under way: what a program that was killed has
 * left of them may hold texts that nothing else has any more.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const restoring = 'restoring.sqlite';

/** The copy of a backup that becomes the database. SQLite keeps files beside it, whose names begin so. */
export const restoringFile = (folder: string): string => join(folder, restoring);

/** Files that were sent, while they are taken in. */
export const uploadsFolder = (folder: string): string => join(folder, 'uploads');

/** Deletes what is left in a folder whose lock is held. */
export function removeLeftovers(folder: string): void {
  rmSync(uploadsFolder(folder), { recursive: true, force: true });
  const names = readdirSync(folder).filter((name) => name.startsWith(restoring));
  for (const name of names) rmSync(join(folder, name), { force: true });
}
