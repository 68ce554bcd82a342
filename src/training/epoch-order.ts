/**
 * The order of an epoch: batches of windows of one corpus and about the same length, so that little is
 * padding, in a random order that depends on seed and epoch alone.
 */
import { createRandom, purposes, type Random, shuffle } from './random.ts';

/** The windows of a corpus. */
export interface CorpusWindows {
  /** Tokens of each window. */
  readonly lengths: readonly number[];
  /** Times that an epoch takes each window; of a fraction, a random part of the windows. */
  readonly weight: number;
}

/** How windows are put together. */
export interface OrderOptions {
  readonly seed: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** Most windows of a batch. */
  readonly batchWindows: number;
  /** Most tokens of a batch, padding counted; null for no limit. A batch has at least one window. */
  readonly batchTokens: number | null;
}

/** Windows of one corpus that are learnt from in one step. */
export interface BatchOrder {
  readonly corpus: number;
  readonly windows: readonly number[];
}

/**
 * Windows are sorted by length within groups of about this many batches: enough that a batch is of one
 * length, few enough that its windows differ from epoch to epoch.
 */
const batchesPerGroup = 16;

/** The windows of a corpus that this epoch takes, in random order. */
function draw({ lengths, weight }: CorpusWindows, random: Random): number[] {
  const wanted = Math.round(lengths.length * weight);
  const drawn: number[] = [];
  while (drawn.length < wanted) {
    const round = shuffle([...lengths.keys()], random);
    drawn.push(...round.slice(0, wanted - drawn.length));
  }
  return drawn;
}

/** Cuts windows, sorted by length, into batches. */
function cut(
  windows: readonly number[],
  lengths: readonly number[],
  { batchWindows, batchTokens }: OrderOptions,
): number[][] {
  const batches: number[][] = [];
  let batch: number[] = [];
  for (const window of windows) {
    const tokens = (batch.length + 1) * lengths[window]!;
    const isFull = batch.length === batchWindows || tokens > (batchTokens ?? tokens);
    if (isFull && batch.length > 0) {
      batches.push(batch);
      batch = [];
    }
    batch.push(window);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** Windows that make up a group. */
function groupWindows(lengths: readonly number[], options: OrderOptions): number {
  const { batchWindows, batchTokens } = options;
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  const fitting = batchTokens === null ? batchWindows : Math.floor(batchTokens / mean);
  return batchesPerGroup * Math.max(1, Math.min(batchWindows, fitting));
}

/** The batches of an epoch over all corpora. */
export function epochOrder(corpora: readonly CorpusWindows[], options: OrderOptions): BatchOrder[] {
  const { seed, epoch } = options;
  const batches = corpora.flatMap((corpus, place) => {
    const { lengths } = corpus;
    const windows = draw(corpus, createRandom(seed, purposes.order, epoch, place));
    const size = groupWindows(lengths, options);
    const ordered: BatchOrder[] = [];
    for (let start = 0; start < windows.length; start += size) {
      const group = windows.slice(start, start + size);
      group.sort((a, b) => lengths[a]! - lengths[b]!);
      for (const batch of cut(group, lengths, options))
        ordered.push({ corpus: place, windows: batch });
    }
    return ordered;
  });
  return shuffle(batches, createRandom(seed, purposes.order, epoch));
}
