import { describe, expect, it } from '@jest/globals';
import { confidenceAt } from '../../../src/ner/calibration.ts';
import { chooseCalibration } from '../../../src/ner/choose-calibration.ts';
import type { JudgedMargin } from '../../../src/ner/fit-calibration.ts';
import { seededRandom } from '../../support/vectors/random-vectors.ts';

/** Documents with the same ten margins, of which those that `isRight` says are right. */
const documents = (
  count: number,
  isRight: (margin: number, document: number) => boolean,
): JudgedMargin[][] =>
  Array.from({ length: count }, (_, document) =>
    Array.from({ length: 10 }, (__, i) => ({
      margin: i + 0.5,
      isRight: isRight(i + 0.5, document),
    })),
  );

describe('chooseCalibration', () => {
  it('chooses isotonic regression for steps, and Platt for a curve', () => {
    const uniform = seededRandom(1);
    // No logistic curve has such a shoulder.
    const steps = documents(100, (margin) => margin > 5 && uniform() < 0.6);
    const curve = documents(30, () => false).map((document) =>
      document.map(() => {
        const margin = 10 * uniform();
        return { margin, isRight: uniform() < 1 / (1 + Math.exp((5 - margin) / 2)) };
      }),
    );

    expect(chooseCalibration([{ name: 'a', documents: steps }])?.calibration.method).toBe(
      'ISOTONIC',
    );
    expect(chooseCalibration([{ name: 'a', documents: curve }])?.calibration.method).toBe('PLATT');
  });

  it('measures each corpus on documents that its curve was not fitted to', () => {
    // One document of five is right throughout: whoever saw it would know.
    const corpus = documents(5, (_, i) => i === 0);

    const chosen = chooseCalibration([{ name: 'a', documents: corpus }]);

    // Held out, the right document is read with curves that saw no mention right: 41 targets of 42 wrong.
    expect(chosen?.errorAfter).toBeGreaterThan(0.2);
    expect(chosen?.mentions).toBe(50);
  });

  it('lowers the error of margins that promise too much', () => {
    const half = documents(30, (margin, i) => (i + Math.floor(margin)) % 2 === 0);
    const most = documents(30, (margin, i) => (i + Math.floor(margin)) % 2 === 0);

    const chosen = chooseCalibration([
      { name: 'half', documents: half },
      { name: 'more', documents: most },
    ]);

    expect(chosen?.perCorpus.map(({ name, mentions }) => [name, mentions])).toEqual([
      ['half', 300],
      ['more', 300],
    ]);
    for (const { errorBefore, errorAfter } of chosen?.perCorpus ?? []) {
      expect(errorBefore).toBeGreaterThan(0.3);
      expect(errorAfter).toBeLessThan(0.1);
    }
  });

  it('counts no prediction below the threshold, but learns from it', () => {
    const corpus = documents(10, (margin) => margin > 3).map((document) =>
      document.map(({ margin, isRight }) => ({ margin: margin - 5, isRight })),
    );

    const chosen = chooseCalibration([{ name: 'a', documents: corpus }]);

    expect(chosen?.mentions).toBe(50);
    // Fitted to what was predicted alone, all of it right, it would be sure of everything.
    expect(confidenceAt(chosen!.calibration, -4)).toBeLessThan(0.2);
  });

  it('is null when nothing was predicted', () => {
    const below = [[{ margin: -1, isRight: false }], []];

    expect(chooseCalibration([{ name: 'a', documents: below }])).toBeNull();
    expect(chooseCalibration([])).toBeNull();
  });

  it('gives no figure where nothing can be held out', () => {
    const chosen = chooseCalibration([{ name: 'a', documents: documents(1, () => true) }]);

    expect(chosen).toMatchObject({ mentions: 0, errorBefore: null, errorAfter: null });
  });
});
