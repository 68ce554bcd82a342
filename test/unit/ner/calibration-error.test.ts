import { describe, expect, it } from '@jest/globals';
import { calibrationError } from '../../../src/ner/calibration-error.ts';

const judged = (confidence: number, isRight: boolean) => ({ confidence, isRight });

describe('calibrationError', () => {
  it('is the figure computed by hand', () => {
    // In ascending order: 0.2 wrong, 0.4 right | 0.6 wrong, 0.8 right | 0.9 right, 1.0 wrong.
    // Bins of two: |0.3 - 1/2| = 0.2, |0.7 - 1/2| = 0.2, |0.95 - 1/2| = 0.45; mean 0.85 / 3.
    const predictions = [
      judged(0.8, true),
      judged(0.2, false),
      judged(1, false),
      judged(0.6, false),
      judged(0.9, true),
      judged(0.4, true),
    ];

    expect(calibrationError(predictions, 3)).toBeCloseTo(0.85 / 3, 12);
  });

  it('weighs bins by their predictions', () => {
    // Five in two bins, of 2 and 3: 2/5 x |0.15 - 0| + 3/5 x |0.8 - 1|.
    const wrong = [0.1, 0.2].map((confidence) => judged(confidence, false));
    const right = [0.7, 0.8, 0.9].map((confidence) => judged(confidence, true));

    expect(calibrationError([...right, ...wrong], 2)).toBeCloseTo(0.18, 12);
  });

  it('has 15 bins unless told otherwise, of which few predictions leave some empty', () => {
    // Each alone in a bin: the mean of 0.1, 0.8 and 0.3.
    const predictions = [judged(0.1, false), judged(0.2, true), judged(0.7, true)];

    expect(calibrationError(predictions)).toBeCloseTo(0.4, 12);
    expect(calibrationError(predictions)).toBe(calibrationError(predictions, 15));
  });

  it('does not depend on the order of equal confidences', () => {
    const right = Array.from({ length: 15 }, () => judged(0.5, true));
    const wrong = Array.from({ length: 15 }, () => judged(0.5, false));

    expect(calibrationError([...right, ...wrong])).toBe(0);
    expect(calibrationError([...wrong, ...right])).toBe(0);
  });

  it('is null without predictions', () => {
    expect(calibrationError([])).toBeNull();
  });
});
