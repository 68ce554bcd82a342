/**
 * The order of an epoch: batches of windows of about the same length, so that little is padding, in
 * a random order that depends on seed and epoch alone.
 */
import { createRandom, purposes, shuffle } from './random.ts';

/** How windows are put together. */
export interface OrderOptions {
  readonly seed: number;
  /** Counted from 0. */
  readonly epoch: number;
  readonly batchWindows: number;
}

/**
 * Windows are sorted by length within groups of this many batches: enough that a batch is of one
 * length, few enough that its windows differ from epoch to epoch.
 */
const batchesPerGroup = 16;

/** Number of batches in each epoch. */
export const batchCount = (windows: number, batchWindows: number): number =>
  Math.ceil(windows / batchWindows);

/** The indices of each batch's windows. `lengths` holds the number of tokens of every window. */
export function epochOrder(
  lengths: readonly number[],
  { seed, epoch, batchWindows }: OrderOptions,
): number[][] {
  const random = createRandom(seed, purposes.order, epoch);
  const indices = shuffle([...lengths.keys()], random);
  const groupSize = batchesPerGroup * batchWindows;
  const batches: number[][] = [];
  for (let start = 0; start < indices.length; start += groupSize) {
    const group = indices.slice(start, start + groupSize);
    group.sort((a, b) => lengths[a]! - lengths[b]!);
    for (let i = 0; i < group.length; i += batchWindows)
      batches.push(group.slice(i, i + batchWindows));
  }
  return shuffle(batches, random);
}
