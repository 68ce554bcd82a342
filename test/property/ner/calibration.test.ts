import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { confidenceAt, marginAt } from '../../../src/ner/calibration.ts';
import { calibrationError } from '../../../src/ner/calibration-error.ts';
import { chooseCalibration } from '../../../src/ner/choose-calibration.ts';
import { calibrationMethods, fitIsotonic } from '../../../src/ner/fit-calibration.ts';

const aMargin = fc.oneof(
  fc.double({ min: -30, max: 30, noNaN: true }),
  fc.integer({ min: -5, max: 5 }),
);
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const predictions = fc.array(fc.record({ margin: aMargin, isRight: fc.boolean() }), {
  minLength: 1,
  maxLength: 60,
});
const fitted = fc
  .tuple(predictions, fc.constantFrom('PLATT' as const, 'ISOTONIC' as const))
  .map(([judged, method]) => calibrationMethods[method](judged));

describe('confidenceAt', () => {
  it('is from 0 to 1 for every finite margin, whatever it was fitted to', () => {
    fc.assert(
      fc.property(fitted, finite, (calibration, margin) => {
        const confidence = confidenceAt(calibration, margin);

        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('never falls as the margin rises', () => {
    fc.assert(
      fc.property(fitted, fc.array(fc.oneof(aMargin, finite)), (calibration, margins) => {
        const confidences = margins
          .toSorted((a, b) => a - b)
          .map((margin) => confidenceAt(calibration, margin));

        expect(confidences).toEqual(confidences.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('marginAt', () => {
  it('parts the margins that have a confidence from those that do not', () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fitted, probability, aMargin, (calibration, confidence, margin) => {
        const bound = marginAt(calibration, confidence);

        expect(margin >= bound).toBe(confidenceAt(calibration, margin) >= confidence);
      }),
    );
  });
});

describe('fitIsotonic', () => {
  it('gives points that ascend, one confidence each', () => {
    fc.assert(
      fc.property(predictions, (judged) => {
        const { margins, confidences } = fitIsotonic(judged);

        // Ascending, or the manifest refuses it.
        expect(margins.every((margin, at) => at === 0 || margins[at - 1]! < margin)).toBe(true);
        expect(confidences).toEqual(confidences.toSorted((a, b) => a - b));
        expect(confidences).toHaveLength(margins.length);
      }),
    );
  });
});

describe('calibrationError', () => {
  it('is from 0 to 1 and the same in every order', () => {
    const judged = fc.array(
      fc.record({
        confidence: fc.oneof(
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.constantFrom(0, 0.5, 1),
        ),
        isRight: fc.boolean(),
      }),
      { minLength: 1, maxLength: 100 },
    );
    fc.assert(
      fc.property(judged, (all) => {
        const error = calibrationError(all)!;

        expect(error).toBeGreaterThanOrEqual(0);
        expect(error).toBeLessThanOrEqual(1);
        expect(calibrationError(all.toReversed())).toBeCloseTo(error, 12);
      }),
    );
  });
});

describe('chooseCalibration', () => {
  it('counts every predicted mention of two or more documents once', () => {
    const documents = fc.array(predictions, { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(documents, documents, (a, b) => {
        const chosen = chooseCalibration([
          { name: 'a', documents: a },
          { name: 'b', documents: b },
        ]);

        const counts = [a, b].map((each) => each.flat().filter(({ margin }) => margin > 0).length);
        if (Math.max(...counts) === 0) expect(chosen).toBeNull();
        else expect(chosen?.perCorpus.map(({ mentions }) => mentions)).toEqual(counts);
      }),
      { numRuns: 15 },
    );
  });
});
