/** Processes by what Linux says of them in /proc. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Victim } from './plan.ts';

/** The text of a file, or nothing once its process is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The children of a process: whichever thread has started them. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      read(`/proc/${pid}/task/${thread}/children`)
        .split(' ')
        .filter((child) => child !== '')
        .map(Number),
    );
  } catch {
    return [];
  }
}

const modules: Readonly<Record<Exclude<Victim, 'server'>, string>> = {
  model: 'extractor-process',
  index: 'hnsw-process',
};

/** The processes of a kind that a server has just now. */
export function processesOf(serverPid: number, victim: Victim): number[] {
  if (victim === 'server') return [serverPid];
  return childrenOf(serverPid).filter((pid) =>
    read(`/proc/${pid}/cmdline`).includes(modules[victim]),
  );
}

/** A process and the children it has. */
export const familyOf = (pid: number): number[] => [pid, ...childrenOf(pid)];

/** A process that has ended and whose parent has not looked yet does nothing any more. */
const isAlive = (pid: number): boolean => /^State:\s+[^ZX]/m.test(read(`/proc/${pid}/status`));

/** Waits until all of them have ended. */
export async function untilEnded(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await sleep(10);
}
