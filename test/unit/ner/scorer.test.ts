import { describe, expect, it } from '@jest/globals';
import type { WindowRows } from '../../../src/ner/ledger.ts';
import {
  askTypes,
  type LedgerWindow,
  type SpanHead,
  scoreWindow,
  spanScore,
  typeThreshold,
} from '../../../src/ner/scorer.ts';
import { naiveCandidates, naiveUnit, rowOf } from '../../support/ner/naive-scores.ts';
import {
  kept,
  randomHead,
  randomNumbers,
  randomRows,
  randomUnit,
} from '../../support/ner/random-window.ts';

const random = randomNumbers(7);

/** Every candidate: an offset that all are above. */
const everything = -1_000;

const someTypes = (head: SpanHead): Float32Array[] =>
  [1, 2, 3].map(() => randomUnit(random, head.embeddingSize));

/** In float32, as other programs compute. */
const unrounded = (rows: WindowRows): LedgerWindow => ({
  ...rows,
  startOffsets: rows.starts,
  endOffsets: rows.ends,
});

/** What is accepted, as places. */
const placesOf = (scored: ReturnType<typeof scoreWindow>) =>
  scored.accepted.map(({ type, first, last }) => ({ type, first, last }));

describe('scoreWindow', () => {
  it.each([
    ['as served', {}, kept],
    [
      'without a limit, as the official program trains',
      { maxSpanTokens: Infinity, widths: 64 },
      kept,
    ],
    ['in float32', {}, unrounded],
    ['with vectors of an odd length', { size: 7 }, kept],
    ['with vectors longer than a block', { size: 37 }, kept],
  ])('gives the scores of the plain formula %s', (_, options, rounding) => {
    const head = randomHead(random, options);
    const window = rounding(randomRows(random, 60, head.embeddingSize));
    const types = someTypes(head);

    const { accepted } = scoreWindow(
      head,
      window,
      askTypes(head, types, [everything, everything, everything]),
    );

    const expected = naiveCandidates(head, window, types);
    for (const type of types.keys()) {
      const found = accepted.filter((span) => span.type === type);
      expect(found.map(({ first, last }) => [first, last])).toEqual(
        expected.map(({ first, last }) => [first, last]),
      );
      for (const [k, { score, vector }] of found.entries()) {
        expect(score).toBeCloseTo(expected[k]!.scores[type]!, 4);
        expect(score).toBe(spanScore(head, vector, types[type]!));
      }
    }
  });

  it('accepts exactly the candidates above their type’s threshold', () => {
    const head = randomHead(random);
    const window = kept(randomRows(random, 60, head.embeddingSize));
    const types = someTypes(head);

    const scored = scoreWindow(head, window, askTypes(head, types, [0, 0, 0]));

    const expected = types.flatMap((vector, type) =>
      naiveCandidates(head, window, types)
        .filter(({ scores }) => scores[type]! > typeThreshold(head, scored.thresholdVector, vector))
        .map(({ first, last }) => ({ type, first, last })),
    );
    expect(placesOf(scored)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
  });

  it('accepts by offset: fewer above 0, more below, each type alone', () => {
    const head = randomHead(random);
    const window = kept(randomRows(random, 60, head.embeddingSize));
    const types = someTypes(head);
    const all = scoreWindow(
      head,
      window,
      askTypes(head, types, [everything, everything, everything]),
    );

    for (const offsets of [
      [1.5, -0.5, 0],
      [-9, 9, -2],
      [0, -4, 4],
    ]) {
      const scored = scoreWindow(head, window, askTypes(head, types, offsets));

      expect(scored.accepted).toEqual(
        all.accepted.filter(({ type, score, threshold }) => score - threshold > offsets[type]!),
      );
    }
  });

  it('does not accept a score equal to the threshold', () => {
    const head = randomHead(random);
    const size = head.embeddingSize;
    const rows = randomRows(random, 60, size);
    const one = { starts: Int32Array.of(1), ends: Int32Array.of(1) };
    const [startRows, endRows] = [rows.clsRows.subarray(0, size), rows.clsRows.subarray(size)];
    const sameAsCls = kept({ ...rows, ...one, startRows, endRows });

    const { accepted } = scoreWindow(head, sameAsCls, askTypes(head, someTypes(head), [0, 0, 0]));

    expect(accepted).toEqual([]);
  });

  it('says where a span is in the text', () => {
    const head = randomHead(random);
    const window = kept(randomRows(random, 20, head.embeddingSize));

    const { accepted } = scoreWindow(head, window, askTypes(head, someTypes(head), [0, 0, 0]));

    for (const { first, last, start, end } of accepted) {
      expect([start, end]).toEqual([4 * first, 4 * last + 3]);
    }
  });

  it('gives thresholds from [CLS] as a span of one token', () => {
    const head = randomHead(random);
    const size = head.embeddingSize;
    const window = kept(randomRows(random, 30, size));
    const type = randomUnit(random, size);

    const { thresholdVector, accepted } = scoreWindow(
      head,
      window,
      askTypes(head, [type], [everything]),
    );

    const expected = naiveUnit([
      rowOf(window.clsRows, 0, size),
      rowOf(window.clsRows, 1, size),
      Array.from(head.widths.slice(size, 2 * size)),
    ]);
    thresholdVector.forEach((value, e) => {
      expect(value).toBeCloseTo(expected[e]!, 6);
    });
    for (const { threshold } of accepted) {
      expect(threshold).toBe(spanScore(head, thresholdVector, type) + 0.4);
    }
  });

  it('scores a type alike whichever others are scored with it', () => {
    const head = randomHead(random);
    const types = someTypes(head);
    const window = kept(randomRows(random, 40, head.embeddingSize));

    const together = scoreWindow(head, window, askTypes(head, types, [0, 0, 0]));

    const alone = scoreWindow(head, window, askTypes(head, [types[1]!], [0]));
    expect(together.accepted.filter(({ type }) => type === 1)).toEqual(
      alone.accepted.map((span) => ({ ...span, type: 1 })),
    );
    expect(alone.accepted.length).toBeGreaterThan(0);
  });

  it('gives a window without word edges no candidate', () => {
    const head = randomHead(random);
    const window = kept(randomRows(random, 0, head.embeddingSize));

    const { accepted } = scoreWindow(head, window, askTypes(head, someTypes(head), [0, 0, 0]));

    expect(accepted).toEqual([]);
  });

  it('gives a vector without direction the score 0', () => {
    const head = { ...randomHead(random, { size: 2 }), widths: new Float32Array(8) };
    const zero = new Float32Array(2);
    const one = { starts: Int32Array.of(1), ends: Int32Array.of(1) };
    const window = kept({ ...one, startRows: zero, endRows: zero, clsRows: new Float32Array(4) });

    const { accepted } = scoreWindow(head, window, askTypes(head, [Float32Array.of(1, 0)], [-1]));

    expect(accepted).toMatchObject([{ score: 0, threshold: 0.4, vector: zero }]);
  });

  it('refuses rows of another length', () => {
    const head = randomHead(random);
    const window = kept(randomRows(random, 9, head.embeddingSize + 1));

    expect(() => scoreWindow(head, window, askTypes(head, [], []))).toThrow('[starts, E]');
  });
});
