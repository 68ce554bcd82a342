/**
 * The package as others get it: packed from this folder and installed from its tarball, without
 * install scripts and with nothing but Node on the PATH.
 */
import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findCommand } from './optional.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A project that has installed the package. */
export interface InstalledPackage {
  readonly project: string;
  /** The only folder of its PATH. */
  readonly path: string;
  /** Paths in the tarball. */
  readonly files: readonly string[];
  /** Runs Node in the project. */
  node(args: readonly string[], input?: string): string;
}

function npm(args: readonly string[], options: ExecFileSyncOptions): string {
  const cli = realpathSync(findCommand(['npm'])!);
  return execFileSync(process.execPath, [cli, ...args], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  }).toString();
}

/** Packs this package and installs it in a project of its own inside `folder`. */
export function installPacked(folder: string): InstalledPackage {
  const packing = npm(['pack', '--json', '--pack-destination', folder], { cwd: root });
  const [{ filename, files }] = JSON.parse(packing) as [
    { filename: string; files: readonly { path: string }[] },
  ];
  const [bin, project] = [join(folder, 'bin'), join(folder, 'project')];
  for (const made of [bin, project]) mkdirSync(made);
  symlinkSync(process.execPath, join(bin, 'node'));
  writeFileSync(join(project, 'package.json'), '{"name": "empty", "private": true}\n');
  const env = { ...process.env, PATH: bin };
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  npm(['install', ...flags, join(folder, filename)], { cwd: project, env });
  return {
    project,
    path: bin,
    files: files.map(({ path }) => path),
    node: (args, input = '') =>
      execFileSync(process.execPath, args, { cwd: project, env, input }).toString(),
  };
}
