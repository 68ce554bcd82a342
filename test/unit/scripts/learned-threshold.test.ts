import { learnedThreshold, thresholdLoss } from '../../../scripts/learned-threshold.ts';

const scores = {
  windows: [
    { negatives: [1, -2, 0.5], gold: [9, 8] },
    { negatives: [2], gold: [] },
    { negatives: [], gold: [7] },
  ],
  windowCount: 5,
};

describe('learnedThreshold', () => {
  it('lies between negatives and gold mentions that are far apart', () => {
    const threshold = learnedThreshold(scores);

    expect(threshold).toBeGreaterThan(2);
    expect(threshold).toBeLessThan(7);
  });

  it('has the least loss', () => {
    const best = thresholdLoss(learnedThreshold(scores), scores);

    for (let threshold = -5; threshold < 15; threshold += 0.1)
      expect(thresholdLoss(threshold, scores)).toBeGreaterThanOrEqual(best - 1e-9);
  });

  it('rises with the number of windows that have negatives alone', () => {
    const noise = { negatives: [4], gold: [] };
    const noisy = {
      windows: [...scores.windows, noise, noise, noise],
      windowCount: 5,
    };

    expect(learnedThreshold(noisy)).toBeGreaterThan(learnedThreshold(scores));
  });
});
