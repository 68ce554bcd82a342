import { batchCount, epochOrder } from '../../../src/training/epoch-order.ts';
import { createRandom } from '../../../src/training/random.ts';

const random = createRandom(1);
const lengths = Array.from({ length: 333 }, () => 20 + random.below(108));
const options = { seed: 1, epoch: 0, batchWindows: 8 };

describe('epochOrder', () => {
  it('has every window in exactly one batch', () => {
    const batches = epochOrder(lengths, options);

    expect(batches.flat().toSorted((a, b) => a - b)).toEqual([...lengths.keys()]);
  });

  it('makes as many batches as batchCount says, none larger than asked for', () => {
    const batches = epochOrder(lengths, options);

    expect(batches).toHaveLength(batchCount(lengths.length, 8));
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(8);
  });

  it('pads less than a tenth', () => {
    const batches = epochOrder(lengths, options);

    const padded = batches.reduce(
      (sum, batch) => sum + batch.length * Math.max(...batch.map((i) => lengths[i]!)),
      0,
    );
    expect(lengths.reduce((sum, length) => sum + length, 0) / padded).toBeGreaterThan(0.9);
  });

  it('is the same for the same seed and epoch, and another in the next epoch', () => {
    const first = epochOrder(lengths, options);

    expect(epochOrder(lengths, options)).toEqual(first);
    expect(epochOrder(lengths, { ...options, epoch: 1 })).not.toEqual(first);
  });
});
