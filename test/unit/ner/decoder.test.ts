import { describe, expect, it } from '@jest/globals';
import { type AcceptedSpan, acceptSpans, decodeDocument } from '../../../src/ner/decoder.ts';
import { scoreWindow, spanScore, typeVectors } from '../../../src/ner/scorer.ts';
import { naiveCandidates } from '../../support/ner/naive-scores.ts';
import {
  randomHead,
  randomNumbers,
  randomRows,
  randomUnit,
} from '../../support/ner/random-window.ts';
import { openTinyTokenizer } from '../../support/text/tiny-tokenizer.ts';

const random = randomNumbers(3);

describe('acceptSpans', () => {
  const head = randomHead(random);
  const types = [1, 2, 3].map(() => randomUnit(random, head.embeddingSize));
  const asked = { vectors: types, offsets: [0, 0, 0] };
  const rows = randomRows(random, 60, head.embeddingSize);
  const scored = scoreWindow(head, rows, typeVectors(head, types));

  it('accepts exactly the candidates above their type’s threshold', () => {
    const accepted = acceptSpans(head, scored, asked);

    const expected = types.flatMap((_, type) =>
      naiveCandidates(head, rows, types)
        .filter(({ scores }) => scores[type]! > scored.thresholds[type]!)
        .map(({ first, last }) => ({ type, first, last })),
    );
    expect(accepted.map(({ type, first, last }) => ({ type, first, last }))).toEqual(expected);
    expect(accepted.length).toBeGreaterThan(0);
  });

  it('gives the score and threshold that follow from the kept vectors', () => {
    for (const { type, score, threshold, vector } of acceptSpans(head, scored, asked)) {
      expect(score).toBe(spanScore(head, vector, types[type]!));
      expect(threshold).toBe(spanScore(head, scored.thresholdVector, types[type]!));
    }
  });

  it('accepts by offset: fewer above 0, more below, each type alone', () => {
    const offsets = [1.5, -0.5, 0];

    const accepted = acceptSpans(head, scored, { vectors: types, offsets });

    const expected = types.flatMap((_, type) =>
      naiveCandidates(head, rows, types)
        .filter(({ scores }) => scores[type]! > scored.thresholds[type]! + offsets[type]!)
        .map(({ first, last }) => ({ type, first, last })),
    );
    expect(accepted.map(({ type, first, last }) => ({ type, first, last }))).toEqual(expected);
    const counts = (of: typeof accepted) =>
      types.map((_, t) => of.filter(({ type }) => type === t).length);
    const [before, after] = [counts(acceptSpans(head, scored, asked)), counts(accepted)];
    expect(after[0]).toBeLessThan(before[0]!);
    expect(after[1]).toBeGreaterThan(before[1]!);
    expect(after[2]).toBe(before[2]);
  });

  it('does not accept a score equal to the threshold', () => {
    const cls = { ...rows, starts: Int32Array.of(1), ends: Int32Array.of(1) };
    const sameAsCls = { ...cls, startRows: rows.clsStartRow, endRows: rows.clsEndRow };

    const accepted = acceptSpans(
      head,
      scoreWindow(head, sameAsCls, typeVectors(head, types)),
      asked,
    );

    expect(accepted).toEqual([]);
  });
});

const accepted = (type: number, tokens: [number, number], margin: number): AcceptedSpan => ({
  type,
  first: tokens[0],
  last: tokens[1],
  score: 2 + margin,
  threshold: 2,
  vector: Float32Array.of(margin),
});

describe('decodeDocument', () => {
  const text = 'the 😀 aspirin in the';
  const windows = [
    { firstToken: 0, endToken: 4 },
    { firstToken: 2, endToken: 5 },
  ];

  it('gives characters for tokens', async () => {
    const encoding = await openTinyTokenizer().encode(text);

    const mentions = decodeDocument(
      encoding,
      [{ window: windows[1]!, accepted: [accepted(0, [1, 2], 0.5)] }],
      ['Drug'],
    );

    expect(mentions).toEqual([
      {
        start: 7,
        end: 17,
        type: 'Drug',
        score: 2.5,
        threshold: 2,
        margin: 0.5,
        window: 0,
        vector: Float32Array.of(0.5),
      },
    ]);
    expect(text.slice(7, 17)).toBe('aspirin in');
  });

  it('keeps the window of the largest margin, the first of equal ones', async () => {
    const encoding = await openTinyTokenizer().encode(text);
    const decoded = [
      {
        window: windows[0]!,
        accepted: [accepted(0, [3, 3], 0.5), accepted(0, [4, 4], 1), accepted(0, [3, 4], 1)],
      },
      {
        window: windows[1]!,
        accepted: [accepted(0, [1, 1], 0.75), accepted(0, [2, 2], 1), accepted(0, [1, 2], 0.25)],
      },
    ];

    const mentions = decodeDocument(encoding, decoded, ['Drug']);

    expect(mentions.map(({ start, end, margin, window }) => [start, end, margin, window])).toEqual([
      [7, 14, 0.75, 1],
      [7, 17, 1, 0],
      [15, 17, 1, 0],
    ]);
    expect(mentions[0]!.vector).toEqual(Float32Array.of(0.75));
  });

  it('keeps nested spans and spans of several types, by span, then type', async () => {
    const encoding = await openTinyTokenizer().encode(text);
    const spans = [
      accepted(1, [3, 4], 0.5),
      accepted(0, [3, 4], 0.25),
      accepted(1, [1, 4], 0.5),
      accepted(1, [3, 3], 0.5),
    ];

    const mentions = decodeDocument(
      encoding,
      [{ window: windows[0]!, accepted: spans }],
      ['Drug', 'Agent'],
    );

    expect(mentions.map(({ start, end, type }) => [start, end, type])).toEqual([
      [0, 17, 'Agent'],
      [7, 14, 'Agent'],
      [7, 17, 'Agent'],
      [7, 17, 'Drug'],
    ]);
  });
});
