import { describe, expect, it } from '@jest/globals';
import { confidenceAt } from '../../../src/ner/calibration.ts';
import { fitIsotonic, fitPlatt, type JudgedMargin } from '../../../src/ner/fit-calibration.ts';
import { seededRandom } from '../../support/vectors/random-vectors.ts';

/** Predictions of each margin, so many right and so many wrong. */
const judged = (...groups: readonly (readonly [number, number, number])[]): JudgedMargin[] =>
  groups.flatMap(([margin, right, wrong]) => [
    ...Array.from({ length: right }, () => ({ margin, isRight: true })),
    ...Array.from({ length: wrong }, () => ({ margin, isRight: false })),
  ]);

/** Margins from 0 to 8, right by the chance of each. */
function drawn(count: number, chance: (margin: number) => number): JudgedMargin[] {
  const uniform = seededRandom(5);
  return Array.from({ length: count }, () => {
    const margin = 8 * uniform();
    return { margin, isRight: uniform() < chance(margin) };
  });
}

describe('fitPlatt', () => {
  it('finds the curve that the predictions were drawn from', () => {
    const curve = fitPlatt(drawn(20_000, (margin) => 1 / (1 + Math.exp(-(0.8 * margin - 2)))));

    expect(curve.slope).toBeCloseTo(0.8, 1);
    expect(Math.abs(curve.intercept + 2)).toBeLessThan(0.2);
  });

  it('gives two margins their shares, but for the targets that are not quite 0 and 1', () => {
    const curve = fitPlatt(judged([1, 3_000, 7_000], [3, 9_000, 1_000]));

    expect(confidenceAt(curve, 1)).toBeCloseTo(0.3, 3);
    expect(confidenceAt(curve, 3)).toBeCloseTo(0.9, 3);
  });

  it('stays finite where right and wrong are apart', () => {
    const curve = fitPlatt(judged([1, 0, 20], [5, 20, 0]));

    // The targets of Platt: 1 / 22 and 21 / 22.
    expect(confidenceAt(curve, 1)).toBeCloseTo(1 / 22, 4);
    expect(confidenceAt(curve, 5)).toBeCloseTo(21 / 22, 4);
  });

  it('is level at the share that is right when larger margins are wrong more often', () => {
    const curve = fitPlatt(judged([1, 9, 1], [5, 0, 10]));

    expect(curve.slope).toBe(0);
    expect(confidenceAt(curve, 1)).toBeCloseTo(10 / 22, 12);
  });

  it('takes margins that are all alike', () => {
    const curve = fitPlatt(judged([2, 3, 1]));

    expect(confidenceAt(curve, 2)).toBeGreaterThan(0.5);
    expect(confidenceAt(curve, 2)).toBeLessThan(0.75);
  });
});

describe('fitIsotonic', () => {
  it('has a point for each margin where shares ascend', () => {
    const curve = fitIsotonic(judged([1, 1, 3], [2, 1, 1], [5, 3, 1]));

    expect(curve).toEqual({
      method: 'ISOTONIC',
      margins: [1, 2, 5],
      confidences: [0.25, 0.5, 0.75],
    });
  });

  it('pools neighbours whose shares fall', () => {
    // 3/4, then 1/4: together 4/8, at the mean margin 2; then 1/2, which is not above 4/8 either.
    const curve = fitIsotonic(judged([0, 1, 9], [1, 3, 1], [3, 1, 3], [4, 1, 1], [9, 9, 1]));

    expect(curve.confidences).toEqual([0.1, 0.5, 0.9]);
    expect(curve.margins).toEqual([0, (4 * 1 + 4 * 3 + 2 * 4) / 10, 9]);
  });

  it('does not depend on the order', () => {
    const predictions = drawn(300, (margin) => margin / 8);

    expect(fitIsotonic(predictions.toReversed())).toEqual(fitIsotonic(predictions));
  });

  it('is never surer than so many predictions can tell', () => {
    const curve = fitIsotonic(judged([1, 0, 4], [2, 4, 0]));

    expect(curve.confidences).toEqual([0.1, 0.9]);
  });
});
