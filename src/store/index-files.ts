/** Files of the vector indexes: caches of the database, which may be deleted when nobody uses them. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The name that all files of a space's index begin with. */
export const indexFile = (folder: string, space: 'TYPE' | 'MEANING'): string =>
  join(folder, `${space.toLowerCase()}.hnsw`);

const prefixes = ['type.hnsw', 'meaning.hnsw'];

/** Deletes every file of the indexes; they are built anew from the database. Returns their names. */
export function removeIndexFiles(folder: string): string[] {
  const names = readdirSync(folder).filter((name) =>
    prefixes.some((prefix) => name.startsWith(prefix)),
  );
  for (const name of names) rmSync(join(folder, name), { force: true });
  return names;
}
