/**
 * The file that a worker thread starts from. Built code is there as it is. Sources are bundled into one
 * file first: a loader that transforms them would cost seconds in every thread, and Node 20 has no way
 * to give a worker thread a loader of its own.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** esbuild of tsx, which runs everything else from sources. */
function bundle(module: URL): string {
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const esbuild = createRequire(tsx).resolve('esbuild/bin/esbuild');
  return execFileSync(
    esbuild,
    [
      fileURLToPath(module),
      '--bundle',
      '--platform=node',
      '--format=esm',
      '--packages=external',
      // Files are found relative to a source, e.g. migrations; all of the bundle's are in one folder deep.
      `--define:import.meta.url=${JSON.stringify(module.href)}`,
      '--log-level=error',
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
}

const entries = new Map<string, URL>();

function bundled(module: URL): URL {
  const code = bundle(module);
  const folder = fileURLToPath(new URL('../../node_modules/.cache/spandex', import.meta.url));
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const path = join(folder, `${basename(module.pathname, '.ts')}-${hash}.mjs`);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    // Another process may be writing the same: each renames a whole file.
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, code);
    renameSync(unfinished, path);
  }
  return pathToFileURL(path);
}

/** What a worker thread of this module runs: the module as built, or a bundle of its sources. */
export function threadEntry(module: URL): URL {
  if (import.meta.url.endsWith('.js')) return new URL(module.href.replace(/\.ts$/, '.js'));
  const known = entries.get(module.href) ?? bundled(module);
  entries.set(module.href, known);
  return known;
}
