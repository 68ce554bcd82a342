import { describe, expect, it } from '@jest/globals';
import {
  type Calibration,
  confidenceAt,
  confidenceOf,
  marginAt,
} from '../../../src/ner/calibration.ts';

const platt: Calibration = { method: 'PLATT', slope: 2, intercept: -1 };
const isotonic: Calibration = {
  method: 'ISOTONIC',
  margins: [1, 3, 4],
  confidences: [0.25, 0.75, 0.75],
};

describe('confidenceAt', () => {
  it('is the logistic curve of slope and intercept', () => {
    // 1 / (1 + exp(-(2 x 0.5 - 1))) = 1 / 2; 2 x 1.5 - 1 = 2.
    expect(confidenceAt(platt, 0.5)).toBe(0.5);
    expect(confidenceAt(platt, 1.5)).toBeCloseTo(0.880797, 6);
  });

  it('goes straight from point to point and is level outside', () => {
    const margins = [-50, 1, 1.5, 2, 3, 3.5, 4, 50];

    const confidences = margins.map((margin) => confidenceAt(isotonic, margin));

    expect(confidences).toEqual([0.25, 0.25, 0.375, 0.5, 0.75, 0.75, 0.75, 0.75]);
  });
});

describe('confidenceOf', () => {
  it('is null without a calibration', () => {
    expect(confidenceOf(null, 2)).toBeNull();
    expect(confidenceOf(isotonic, 2)).toBe(0.5);
  });
});

describe('marginAt', () => {
  it('finds the margin of a confidence', () => {
    expect(marginAt(platt, 0.5)).toBeCloseTo(0.5, 12);
    expect(marginAt(isotonic, 0.5)).toBeCloseTo(2, 12);
  });

  it('finds the lowest margin of a level stretch', () => {
    expect(marginAt(isotonic, 0.75)).toBe(3);
  });

  it('says that all or none are as sure', () => {
    expect(marginAt(isotonic, 0.25)).toBe(-Infinity);
    expect(marginAt(isotonic, 0.76)).toBe(Infinity);
  });
});
