/**
 * The snapshots of one index: the newest and the one before it, so that damage to one file costs a
 * longer replay of the log and not a rebuilding. There is one writer, the process that owns the graph.
 *
 * Invariant: after a crash at any moment the newest is the one before or the one after, whole; a file
 * that turned out bad is removed and never takes the place of a good one.
 */
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '../core/sync-folder.ts';
import {
  type LoadedSnapshot,
  readSnapshot,
  readSnapshotHeader,
  type SnapshotContent,
  writeSnapshot,
} from './snapshot.ts';
import type { SnapshotIdentity } from './snapshot-header.ts';

/** What was found at a start. */
export interface FoundSnapshot<Graph> {
  readonly loaded: { readonly graph: Graph; readonly sequence: number } | undefined;
  /** What was wrong with the snapshots that were not used, newest first. */
  readonly rejected: readonly string[];
}

const previousOf = (path: string): string => `${path}.previous`;

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** A name for a file that is only this process's. */
const temporaryFile = (path: string): string => `${path}.${process.pid}.part`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Removes what processes that were killed have left half-written. */
export async function removeAbandoned(path: string): Promise<void> {
  const names = await readdir(dirname(path)).catch((): string[] => []);
  for (const name of names) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const pid = /^(?:graph\.)?(\d+)\.part$/.exec(name.slice(basename(path).length + 1))?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) {
      await rm(join(dirname(path), name), { force: true });
    }
  }
}

/** Writes the newest snapshot; the one it replaces is kept, unless it is not to be. */
export async function saveSnapshot(
  path: string,
  content: SnapshotContent,
  keepPrevious = true,
): Promise<void> {
  const unfinished = temporaryFile(path);
  try {
    await writeSnapshot(unfinished, content);
    if (keepPrevious) {
      await rename(path, previousOf(path)).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    }
    await rename(unfinished, path);
    if (!keepPrevious) await rm(previousOf(path), { force: true });
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Last change that every kept snapshot has: the log after it may be needed again. */
export async function oldestSequence(path: string): Promise<number> {
  const files = [path, previousOf(path)];
  const headers = await Promise.all(
    files.map((file) => readSnapshotHeader(file).catch(() => undefined)),
  );
  const sequences = headers.flatMap((header) => (header ? [header.sequence] : []));
  return sequences.length === 0 ? 0 : Math.min(...sequences);
}

/** How to read a snapshot. */
export interface SnapshotUse<Graph> {
  readonly expected: SnapshotIdentity;
  /** Makes a graph of a verified snapshot, whose part of hnswlib's is in this file. */
  readonly load: (snapshot: LoadedSnapshot, graphFile: string) => Promise<Graph>;
}

/** Loads the newest good snapshot; bad ones are removed. */
export async function loadSnapshot<Graph>(
  path: string,
  { expected, load }: SnapshotUse<Graph>,
): Promise<FoundSnapshot<Graph>> {
  const rejected: string[] = [];
  const copy = temporaryFile(path);
  for (const file of [path, previousOf(path)]) {
    try {
      const snapshot = await readSnapshot(file, expected, copy);
      const graph = await load(snapshot, copy);
      return { loaded: { graph, sequence: snapshot.header.sequence }, rejected };
    } catch (error) {
      if (isMissing(error)) continue;
      rejected.push(error instanceof Error ? error.message : String(error));
      await rm(file, { force: true }).catch(() => undefined);
    } finally {
      await rm(copy, { force: true });
    }
  }
  return { loaded: undefined, rejected };
}
