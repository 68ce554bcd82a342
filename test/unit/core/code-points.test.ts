import { codePointStarts, codePointsBefore } from '../../../src/core/code-points.ts';

describe('codePointStarts', () => {
  it('has no table for a text without characters outside the Basic Multilingual Plane', () => {
    const starts = codePointStarts('naïve 日本 \ud800');

    expect(starts).toBeNull();
  });

  it('counts an emoji once and two units', () => {
    const starts = codePointStarts('a😀b');

    expect([...(starts ?? [])]).toEqual([0, 1, 3, 4]);
  });

  it('counts a lone surrogate as one code point', () => {
    const starts = codePointStarts('\ud83d😀\ude00');

    expect([...(starts ?? [])]).toEqual([0, 1, 3, 4]);
  });
});

describe('codePointsBefore', () => {
  it('counts an emoji once', () => {
    const counts = [0, 1, 3, 4].map((unit) => codePointsBefore('a😀b', unit));

    expect(counts).toEqual([0, 1, 2, 3]);
  });
});
