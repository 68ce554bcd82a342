import { learningRates, rateShare } from '../../../src/training/learning-rate.ts';
import { parseRecipe } from '../../../src/training/recipe.ts';

describe('rateShare', () => {
  it('falls linearly from 1 to just above 0 without warm-up', () => {
    expect([0, 1, 2, 3].map((step) => rateShare(step, 4, 0))).toEqual([1, 0.75, 0.5, 0.25]);
  });

  it('rises to 1 while warming up, then falls', () => {
    const shares = Array.from({ length: 6 }, (_, step) => rateShare(step, 6, 1 / 3));

    expect(shares).toEqual([0.5, 1, 1, 0.75, 0.5, 0.25]);
  });

  it('rises to the end when everything is warm-up', () => {
    expect([0, 1].map((step) => rateShare(step, 2, 1))).toEqual([0.5, 1]);
  });
});

describe('learningRates', () => {
  it('gives heads the rate of the encoders unless they have their own', () => {
    const same = parseRecipe({ learningRate: 0.1 });
    const own = parseRecipe({ learningRate: 0.1, headLearningRate: 0.4 });

    expect(learningRates(1, 2, same)).toEqual({ encoder: 0.05, head: 0.05 });
    expect(learningRates(1, 2, own)).toEqual({ encoder: 0.05, head: 0.2 });
  });
});
