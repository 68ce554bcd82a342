import { describe, expect, it } from '@jest/globals';
import { roundToFloat16 } from '../../../src/core/float16.ts';
import { scoreWindow, spanScore, typeVectors, type WindowRows } from '../../../src/ner/scorer.ts';
import { naiveCandidates, naiveUnit } from '../../support/ner/naive-scores.ts';
import {
  randomHead,
  randomNumbers,
  randomRows,
  randomUnit,
} from '../../support/ner/random-window.ts';

const random = randomNumbers(7);

describe('scoreWindow', () => {
  it.each([
    ['as served', {}],
    ['without a limit, as the official program trains', { maxSpanTokens: Infinity, widths: 64 }],
    ['in float32', { rowFormat: 'float32' as const }],
    ['with vectors of an odd length', { size: 7 }],
  ])('gives the scores of the plain formula %s', (_, options) => {
    const head = randomHead(random, options);
    const rows = randomRows(random, 60, head.embeddingSize);
    const types = [1, 2, 3].map(() => randomUnit(random, head.embeddingSize));

    const { firsts, lasts, scores } = scoreWindow(head, rows, typeVectors(head, types));

    const expected = naiveCandidates(head, rows, types);
    expect(Array.from(firsts)).toEqual(expected.map(({ first }) => first));
    expect(Array.from(lasts)).toEqual(expected.map(({ last }) => last));
    scores.forEach((row, type) => {
      row.forEach((score, k) => {
        expect(score).toBeCloseTo(expected[k]!.scores[type]!, 10);
      });
    });
  });

  it('gives thresholds from [CLS] as a span of one token', () => {
    const head = randomHead(random);
    const rows = randomRows(random, 5, head.embeddingSize);
    const type = randomUnit(random, head.embeddingSize);

    const { thresholds, thresholdVector } = scoreWindow(head, rows, typeVectors(head, [type]));

    const expected = naiveUnit([
      Array.from(roundToFloat16(rows.clsStartRow)),
      Array.from(roundToFloat16(rows.clsEndRow)),
      Array.from(head.widths.slice(head.embeddingSize, 2 * head.embeddingSize)),
    ]);
    thresholdVector.forEach((value, e) => {
      expect(value).toBeCloseTo(expected[e]!, 6);
    });
    expect(thresholds).toEqual([spanScore(head, thresholdVector, type)]);
  });

  it('gives span vectors whose product with a type is the score', () => {
    const head = randomHead(random);
    const types = [randomUnit(random, head.embeddingSize)];
    const rows = randomRows(random, 40, head.embeddingSize);

    const { scores, spanVector } = scoreWindow(head, rows, typeVectors(head, types));

    scores[0]!.forEach((score, k) => {
      expect(spanScore(head, spanVector(k), types[0]!)).toBeCloseTo(score, 5);
    });
  });

  it('gives the same for rows that were kept in half precision', () => {
    const head = randomHead(random);
    const types = typeVectors(head, [randomUnit(random, head.embeddingSize)]);
    const rows = randomRows(random, 40, head.embeddingSize);
    const kept: WindowRows = {
      ...rows,
      startRows: roundToFloat16(rows.startRows),
      endRows: roundToFloat16(rows.endRows),
      clsStartRow: roundToFloat16(rows.clsStartRow),
      clsEndRow: roundToFloat16(rows.clsEndRow),
    };

    const fromKept = scoreWindow(head, kept, types);

    const fresh = scoreWindow(head, rows, types);
    expect(fromKept.scores).toEqual(fresh.scores);
    expect(fromKept.thresholds).toEqual(fresh.thresholds);
  });

  it('scores a type alike whichever others are scored with it', () => {
    const head = randomHead(random);
    const types = [1, 2, 3].map(() => randomUnit(random, head.embeddingSize));
    const rows = randomRows(random, 40, head.embeddingSize);

    const together = scoreWindow(head, rows, typeVectors(head, types));

    const alone = scoreWindow(head, rows, typeVectors(head, [types[1]!]));
    expect(together.scores[1]).toEqual(alone.scores[0]);
    expect(together.thresholds[1]).toEqual(alone.thresholds[0]);
  });

  it('gives a window without word edges no candidate', () => {
    const head = randomHead(random);
    const rows = randomRows(random, 0, head.embeddingSize);

    const { firsts, thresholds } = scoreWindow(head, rows, typeVectors(head, []));

    expect(firsts).toHaveLength(0);
    expect(thresholds).toEqual([]);
  });

  it('gives a vector without direction the score 0', () => {
    const head = { ...randomHead(random, { size: 2 }), widths: new Float32Array(8) };
    const zero = new Float32Array(2);
    const rows: WindowRows = {
      starts: Int32Array.of(1),
      ends: Int32Array.of(1),
      startRows: zero,
      endRows: zero,
      clsStartRow: zero,
      clsEndRow: zero,
    };

    const scored = scoreWindow(head, rows, typeVectors(head, [Float32Array.of(1, 0)]));

    expect(scored.scores[0]).toEqual(Float64Array.of(0));
    expect(scored.thresholds).toEqual([0]);
    expect(scored.spanVector(0)).toEqual(zero);
  });

  it('refuses rows of another length', () => {
    const head = randomHead(random);
    const rows = randomRows(random, 9, head.embeddingSize + 1);

    expect(() => scoreWindow(head, rows, typeVectors(head, []))).toThrow('[starts, E]');
  });
});
