import { describe, expect, it } from '@jest/globals';
import { damages, runCorruptionTrials } from '../../support/vectors/corruption-trials.ts';

describe('HnswIndex, after damage of every kind', () => {
  it('notices, answers right all the same, and is whole again', async () => {
    const trials = 2 * damages.length;

    const counts = await runCorruptionTrials({ trials: 2, seed: 7 });

    expect(counts).toEqual({
      trials,
      detected: trials,
      rebuilt: trials,
      wrongAnswers: 0,
      crashes: 0,
    });
  }, 120_000);
});
