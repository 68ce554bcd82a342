/**
 * The most memory that this process has had.
 *
 * Linux counts it for the program that runs (VmHWM). What `process.resourceUsage` says begins at what the
 * parent had when it started this one, which may be more than this one ever has.
 */
import { readFileSync } from 'node:fs';

const bytesPerKilobyte = 1_024;

/** Kilobytes as Linux has them; undefined elsewhere. */
function highWaterKilobytes(): number | undefined {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return found ? Number(found[1]) : undefined;
  } catch {
    // No Linux: the other figure is all there is.
    return undefined;
  }
}

/** Resident memory. Units: bytes. */
export const peakMemoryBytes = (): number =>
  (highWaterKilobytes() ?? process.resourceUsage().maxRSS) * bytesPerKilobyte;
