import { bestThreshold, byScore, likeliest } from '../../../scripts/ablation-decoders.ts';
import type { Mention } from '../../../src/core/document.ts';

/** A candidate of a score, at a place of its own. */
const candidate = (score: number, change: Partial<Mention> = {}): Mention => ({
  start: 10 * score,
  end: 10 * score + 5,
  type: 'Drug',
  score,
  threshold: 0,
  margin: score,
  window: 0,
  ...change,
});

describe('likeliest', () => {
  it('keeps the highest scores of each window and type', () => {
    const candidates = [
      ...[1, 3, 2].map((score) => candidate(score)),
      candidate(0, { window: 1 }),
      candidate(0, { type: 'Disease' }),
    ];

    const kept = likeliest(candidates, 2);

    expect(kept.map(({ score }) => score)).toEqual([3, 2, 0, 0]);
  });
});

describe('bestThreshold', () => {
  it('is found among mentions, however many other candidates lie below', () => {
    const noise = Array.from({ length: 10_000 }, (_, place) => candidate(place / 10_000));
    const right = [11, 12, 13].map((score) => candidate(score));
    const documents = [
      { gold: right, candidates: [...noise, candidate(10), ...right], windows: 1 },
    ];

    const threshold = bestThreshold(documents, 'Drug');

    expect(threshold).toBeGreaterThan(10);
    expect(threshold).toBeLessThan(11);
  });

  it('lets nothing in where no candidate is right', () => {
    expect(bestThreshold([{ gold: [], candidates: [candidate(1)], windows: 1 }], 'Drug')).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});

describe('byScore', () => {
  it('keeps the higher score of candidates that overlap, whatever their margins', () => {
    const high = candidate(9, { start: 0, end: 5, margin: 1 });
    const sure = candidate(8, { start: 3, end: 8, margin: 2 });

    const { truePositives, falsePositives } = byScore.decode(
      [{ gold: [high], candidates: [high, sure], windows: 1 }],
      [],
    );

    expect({ truePositives, falsePositives }).toEqual({ truePositives: 1, falsePositives: 0 });
  });
});
