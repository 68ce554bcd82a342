import { describe, expect, it } from '@jest/globals';
import { decodeDocument } from '../../../src/ner/decoder.ts';
import type { AcceptedSpan } from '../../../src/ner/scorer.ts';

const accepted = (type: number, [start, end]: [number, number], margin: number): AcceptedSpan => ({
  type,
  first: 0,
  last: 0,
  start,
  end,
  score: 2 + margin,
  threshold: 2,
  vector: Float32Array.of(margin),
});

describe('decodeDocument', () => {
  it('keeps the window of the largest margin, the first of equal ones', () => {
    const windows = [
      [accepted(0, [7, 14], 0.5), accepted(0, [15, 17], 1), accepted(0, [7, 17], 1)],
      [accepted(0, [7, 14], 0.75), accepted(0, [15, 17], 1), accepted(0, [7, 17], 0.25)],
    ];

    const mentions = decodeDocument(windows, ['Drug']);

    expect(mentions.map(({ start, end, margin, window }) => [start, end, margin, window])).toEqual([
      [7, 14, 0.75, 1],
      [7, 17, 1, 0],
      [15, 17, 1, 0],
    ]);
    expect(mentions[0]).toEqual({
      start: 7,
      end: 14,
      type: 'Drug',
      score: 2.75,
      threshold: 2,
      margin: 0.75,
      window: 1,
      vector: Float32Array.of(0.75),
    });
  });

  it('keeps nested spans and spans of several types, by span, then type', () => {
    const spans = [
      accepted(1, [7, 17], 0.5),
      accepted(0, [7, 17], 0.25),
      accepted(1, [0, 17], 0.5),
      accepted(1, [7, 14], 0.5),
    ];

    const mentions = decodeDocument([spans], ['Drug', 'Agent']);

    expect(mentions.map(({ start, end, type }) => [start, end, type])).toEqual([
      [0, 17, 'Agent'],
      [7, 14, 'Agent'],
      [7, 17, 'Agent'],
      [7, 17, 'Drug'],
    ]);
  });
});
