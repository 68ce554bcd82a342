/**
 * Generates src/generated/ and compiles src/ into dist/, when a source has changed since the last time.
 * Only Node's built-in modules, so that finding nothing to do costs no more than reading the sources.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist`;
const next = `${root}dist.next`;
const stampFile = `${dist}/.stamp`;

const single = [
  'package-lock.json',
  'schema.graphql',
  'scripts/generate.ts',
  'tsconfig.json',
  'tsconfig.build.json',
];

/** Paths of all files that decide what dist/ is, in a fixed order. */
function inputs() {
  const folders = ['prisma', 'src'].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|prisma)$/.test(entry.name))
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length))
      .filter((path) => !path.startsWith('src/generated/')),
  );
  return [...single, ...folders].toSorted();
}

function stamp() {
  const hash = createHash('sha256');
  for (const path of inputs()) hash.update(`${path}\0`).update(readFileSync(`${root}${path}`));
  return hash.digest('hex');
}

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

/** Brings src/generated/ and dist/ up to date. Ends the process when the sources do not compile. */
export function build() {
  const current = stamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === current) return;
  console.error('building dist/');
  run('--import', 'tsx', 'scripts/generate.ts');
  // Into a folder of its own, then swapped in: a running server never sees half a build.
  rmSync(next, { recursive: true, force: true });
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', next);
  writeFileSync(`${next}/.stamp`, current);
  rmSync(dist, { recursive: true, force: true });
  renameSync(next, dist);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
