/** A data folder on a disk that fails when it is told to. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../crash/crashing-server.ts';

/** How it fails. */
export type DiskFault = 'full' | 'readonly' | 'fsync';

/** Such a disk. */
export interface FaultyDisk {
  readonly dataFolder: string;
  /** What a process needs that is to see the faults. */
  readonly environment: Environment;
  fail(fault: DiskFault): void;
  recover(): void;
  close(): void;
}

const source = fileURLToPath(new URL('faulty-disk.c', import.meta.url));

/** A disk whose calls fail, by a library that is loaded before the C library. */
export function openFaultyDisk(compiler: string, folder: string): FaultyDisk {
  const library = join(folder, 'faulty-disk.so');
  const dataFolder = join(folder, 'data');
  const faultFile = join(folder, 'fault');
  execFileSync(compiler, ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return {
    dataFolder,
    environment: { LD_PRELOAD: library, FAULT_FOLDER: dataFolder, FAULT_FILE: faultFile },
    fail: (fault) => writeFileSync(faultFile, fault),
    recover: () => rmSync(faultFile, { force: true }),
    close: () => undefined,
  };
}

const megabyte = 2 ** 20;
const diskMegabytes = 16;

/** Writes until nothing more fits. */
function fillUp(path: string): void {
  for (let bytes = diskMegabytes * megabyte; bytes >= 1; bytes = Math.floor(bytes / 2)) {
    try {
      writeFileSync(path, new Uint8Array(bytes), { flag: 'a' });
    } catch {
      // It does not fit: what is half as much may.
    }
  }
}

/** A file system of its own that is really full; undefined where none can be mounted. */
function openSmallDisk(folder: string): FaultyDisk | undefined {
  const mounted = join(folder, 'mounted');
  mkdirSync(mounted);
  const options = ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m`, 'tmpfs', mounted];
  if (spawnSync('mount', options, { stdio: 'ignore' }).status !== 0) return undefined;
  const filler = join(mounted, 'filler');
  return {
    dataFolder: join(mounted, 'data'),
    environment: {},
    fail: () => fillUp(filler),
    recover: () => rmSync(filler, { force: true }),
    close: () => void spawnSync('umount', ['--lazy', mounted]),
  };
}

/** A disk that can be full: a small one where we may mount it, else one that says that it is. */
export const openFullDisk = (compiler: string, folder: string): FaultyDisk =>
  openSmallDisk(folder) ?? openFaultyDisk(compiler, folder);
