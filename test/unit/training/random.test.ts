import { createRandom, shuffle } from '../../../src/training/random.ts';

const draws = (key: readonly number[], count = 5): number[] => {
  const random = createRandom(...key);
  return Array.from({ length: count }, () => random.uniform());
};

describe('createRandom', () => {
  it('gives the same numbers for the same key', () => {
    expect(draws([42, 2, 7])).toEqual(draws([42, 2, 7]));
  });

  it.each([[[42, 2, 8]], [[42, 3, 7]], [[43, 2, 7]], [[2, 42, 7]], [[42, 2]], [[42, 2, 7, 0]]])(
    'gives other numbers for the key %j',
    (key) => {
      expect(draws(key)).not.toEqual(draws([42, 2, 7]));
    },
  );

  it('spreads uniform numbers evenly over [0, 1)', () => {
    const counts = Array.from({ length: 10 }, () => 0);

    for (const number of draws([1], 100_000)) counts[Math.floor(number * 10)]! += 1;

    // Four standard deviations of a binomial count.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(4 * 95);
  });

  it('draws normal numbers of mean 0 and deviation 1', () => {
    const random = createRandom(1);
    const numbers = Array.from({ length: 100_000 }, () => random.normal());

    const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length;

    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
  });

  it('draws every whole number below the limit and no other', () => {
    const random = createRandom(1);

    const seen = new Set(Array.from({ length: 200 }, () => random.below(5)));

    expect([...seen].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('shuffle', () => {
  it('keeps every item once', () => {
    const items = Array.from({ length: 50 }, (_, i) => i);

    const shuffled = shuffle([...items], createRandom(1));

    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
  });

  it('brings each item to each place about equally often', () => {
    const random = createRandom(1);
    const counts = [0, 0, 0];

    for (let i = 0; i < 3_000; i += 1) counts[shuffle(['a', 'b', 'c'], random).indexOf('a')]! += 1;

    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(4 * 26);
  });
});
