import { describe, expect, it } from '@jest/globals';
import {
  candidatesFor,
  expectedRecall,
  graphMicros,
  scanMicros,
} from '../../../src/vectors/search-cost.ts';

/** Whether comparing everything that may be found costs less than asking the graph. */
const isScanned = (count: number, share: number, dimensions = 128): boolean =>
  scanMicros(share * count, dimensions) <= graphMicros(candidatesFor(10, share));

describe('scanMicros and graphMicros', () => {
  it.each([
    [100_000, 0.0001],
    [100_000, 0.001],
    [100_000, 0.01],
    [1_000_000, 0.0001],
    [1_000_000, 0.001],
  ])('have %i vectors compared when a share of %f may be found', (count, share) => {
    expect(isScanned(count, share)).toBe(true);
  });

  it.each([
    [100_000, 1],
    [100_000, 0.1],
    [1_000_000, 0.1],
    [1_000_000, 0.05],
  ])('have the graph asked of %i vectors when a share of %f may be found', (count, share) => {
    expect(isScanned(count, share)).toBe(false);
  });
});

describe('expectedRecall', () => {
  it('is what was measured of a whole graph until enough vectors were asked for', () => {
    expect(expectedRecall({ audited: 0, missed: 0 })).toBe(0.997);
    expect(expectedRecall({ audited: 999, missed: 999 })).toBe(0.997);
    expect(expectedRecall({ audited: 1_000, missed: 0 })).toBe(0.997);
  });

  it('falls with the share of vectors that were not found, and not below 0', () => {
    expect(expectedRecall({ audited: 2_000, missed: 200 })).toBeCloseTo(0.8973, 10);
    expect(expectedRecall({ audited: 1_000, missed: 1_500 })).toBe(0);
  });
});
