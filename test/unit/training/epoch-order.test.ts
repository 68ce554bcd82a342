import { type BatchOrder, epochOrder } from '../../../src/training/epoch-order.ts';
import { createRandom } from '../../../src/training/random.ts';

const random = createRandom(1);
const lengths = Array.from({ length: 333 }, () => 20 + random.below(108));
const corpus = { lengths, weight: 1 };
const options = { seed: 1, epoch: 0, batchWindows: 8, batchTokens: null };

const windowsOf = (batches: readonly BatchOrder[]): number[] =>
  batches.flatMap(({ windows }) => windows);

const paddedTokens = ({ windows }: BatchOrder): number =>
  windows.length * Math.max(...windows.map((i) => lengths[i]!));

describe('epochOrder', () => {
  it('has every window in exactly one batch, none larger than asked for', () => {
    const batches = epochOrder([corpus], options);

    expect(windowsOf(batches).toSorted((a, b) => a - b)).toEqual([...lengths.keys()]);
    expect(Math.max(...batches.map(({ windows }) => windows.length))).toBe(8);
    expect(batches).toHaveLength(Math.ceil(333 / 8));
  });

  it('pads less than a tenth', () => {
    const batches = epochOrder([corpus], options);

    const padded = batches.reduce((sum, batch) => sum + paddedTokens(batch), 0);
    expect(lengths.reduce((sum, length) => sum + length, 0) / padded).toBeGreaterThan(0.9);
  });

  it('is the same for the same seed and epoch, and another in the next epoch', () => {
    const first = epochOrder([corpus], options);

    expect(epochOrder([corpus], options)).toEqual(first);
    expect(epochOrder([corpus], { ...options, epoch: 1 })).not.toEqual(first);
  });

  it('fills batches with short windows up to a number of tokens', () => {
    const batches = epochOrder([corpus], { ...options, batchWindows: 64, batchTokens: 512 });

    expect(Math.max(...batches.map(paddedTokens))).toBeLessThanOrEqual(512);
    expect(Math.max(...batches.map(({ windows }) => windows.length))).toBeGreaterThan(8);
    expect(windowsOf(batches).toSorted((a, b) => a - b)).toEqual([...lengths.keys()]);
  });

  it('takes of each corpus as many windows as its weight says, batches of one corpus each', () => {
    const corpora = [
      { lengths: lengths.slice(0, 100), weight: 0.25 },
      { lengths: lengths.slice(0, 10), weight: 2.5 },
    ];

    const batches = epochOrder(corpora, options);

    const [few, often] = [0, 1].map((place) =>
      windowsOf(batches.filter(({ corpus: of }) => of === place)),
    );
    expect(new Set(few).size).toBe(25);
    expect(few).toHaveLength(25);
    expect(often).toHaveLength(25);
    expect(new Set(often!.slice(0, 10)).size).toBeGreaterThan(1);
    expect(new Set(often).size).toBe(10);
  });
});
