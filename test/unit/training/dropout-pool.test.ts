import { createHash } from 'node:crypto';
import { DropoutPool } from '../../../src/training/dropout-pool.ts';

const options = { rate: 0.25, seed: 1, sites: 3, longestSite: 1_000 };

/** Short for masks, which are too many to compare one by one. */
const digest = (masks: Float32Array): string => createHash('sha256').update(masks).digest('hex');

const offsetsOf = (pool: DropoutPool, epoch: number, step: number): number[] =>
  Array.from(pool.feeds(epoch, step).dropout_offsets!.data as BigInt64Array, Number);

/** Copies, because a pool reuses its arrays. */
function feedsOf(pool: DropoutPool, epoch: number, step: number) {
  const offsets = offsetsOf(pool, epoch, step);
  const masks = pool.feeds(epoch, step).dropout_pool!.data as Float32Array;
  return { masks: masks.slice(), offsets };
}

describe('DropoutPool', () => {
  it('holds zeros at the rate, and else what keeps the mean', () => {
    const { masks } = feedsOf(new DropoutPool(options), 0, 0);

    const zeros = masks.filter((mask) => mask === 0).length;
    expect(zeros / masks.length).toBeCloseTo(0.25, 2);
    expect(new Set(masks)).toEqual(new Set([0, Math.fround(4 / 3)]));
  });

  it('has room for the largest place behind every offset', () => {
    const pool = new DropoutPool(options);
    const { masks } = feedsOf(pool, 0, 0);

    const offsets = Array.from({ length: 500 }, (_, step) => offsetsOf(pool, 0, step)).flat();

    expect(Math.min(...offsets)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...offsets) + options.longestSite).toBeLessThanOrEqual(masks.length);
  });

  it('gives a step the same masks whatever was asked for before', () => {
    const straight = new DropoutPool(options);
    offsetsOf(straight, 0, 0);
    offsetsOf(straight, 0, 1);
    const expected = feedsOf(straight, 1, 2);

    const resumed = feedsOf(new DropoutPool(options), 1, 2);

    expect(resumed.offsets).toEqual(expected.offsets);
    expect(digest(resumed.masks)).toBe(digest(expected.masks));
  });

  it('draws new masks each epoch and new offsets each step', () => {
    const pool = new DropoutPool(options);
    const first = feedsOf(pool, 0, 0);

    expect(offsetsOf(pool, 0, 1)).not.toEqual(first.offsets);
    expect(digest(feedsOf(pool, 1, 0).masks)).not.toBe(digest(first.masks));
  });

  it('feeds nothing to a graph without dropout', () => {
    expect(new DropoutPool({ ...options, sites: 0 }).feeds(0, 0)).toEqual({});
  });
});
