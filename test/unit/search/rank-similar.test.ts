import { describe, expect, it } from '@jest/globals';
import { type RankCandidate, rankSimilar } from '../../../src/search/rank-similar.ts';

const query = Float32Array.of(1, 0);
const near = Float32Array.of(0.8, 0.6);
const far = Float32Array.of(0, 1);

const candidate = (
  id: number,
  vector: Float32Array,
  [formId, documentId]: readonly [number, number],
): RankCandidate => ({ id, vector, formId, documentId });

const candidates = [
  candidate(1, far, [1, 1]),
  candidate(4, near, [2, 2]),
  candidate(3, near, [2, 1]),
  candidate(2, query, [3, 2]),
];

const ids = (distinct: 'SURFACE_FORM' | 'DOCUMENT' | 'NONE', first = 1000): number[] =>
  rankSimilar(query, candidates, { distinct, first }).map(({ id }) => id);

describe('rankSimilar', () => {
  it('puts the most similar first and equal ones by id', () => {
    expect(ids('NONE')).toEqual([2, 3, 4, 1]);
  });

  it('keeps the best mention of each surface form', () => {
    expect(ids('SURFACE_FORM')).toEqual([2, 3, 1]);
  });

  it('keeps the best mention of each document', () => {
    expect(ids('DOCUMENT')).toEqual([2, 3]);
  });

  it('gives no more than were asked for', () => {
    expect(ids('NONE', 2)).toEqual([2, 3]);
  });

  it('gives similarities to six decimal places', () => {
    const [first] = rankSimilar(query, [candidate(1, Float32Array.of(1 / 3, 0), [1, 1])], {
      distinct: 'NONE',
      first: 1,
    });

    expect(first?.similarity).toBe(0.333333);
  });

  it('leaves its candidates in their order', () => {
    ids('NONE');

    expect(candidates.map(({ id }) => id)).toEqual([1, 4, 3, 2]);
  });
});
