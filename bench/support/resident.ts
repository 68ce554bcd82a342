/** How much memory a process has. */
import { readFileSync } from 'node:fs';

/** Resident memory of a process, as Linux says. Units: bytes. */
export function residentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return 1_024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
}
