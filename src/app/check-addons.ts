/**
 * The compiled addons that storing and searching need. An installation without install scripts leaves
 * them out: the library and `spandex extract` work without them.
 */
import { createRequire } from 'node:module';
import { appError } from '../core/errors.ts';

const { resolve } = createRequire(import.meta.url);

/** Packages with the file that is compiled on installation. */
const addons = [
  ['better-sqlite3', 'build/Release/better_sqlite3.node'],
  ['hnswlib-node', 'build/Release/addon.node'],
] as const;

const canResolve = (path: string): boolean => {
  try {
    resolve(path);
    return true;
  } catch {
    return false;
  }
};

/** Throws: ADDON_MISSING with the name of the first package that was not compiled. */
export function checkAddons(isThere: (path: string) => boolean = canResolve): void {
  const missing = addons.find(([name, file]) => !isThere(`${name}/${file}`));
  if (missing) throw appError('ADDON_MISSING', { name: missing[0] });
}
