import { describe, expect, it } from '@jest/globals';
import { pieceStarts } from '../../../src/text/pieces.ts';

describe('pieceStarts', () => {
  it('cuts behind white space and punctuation only', () => {
    const starts = pieceStarts('aa bbb-cccc dd', 4);

    expect(starts).toEqual([0, 7, 12]);
  });

  it('cuts between ideographs', () => {
    expect(pieceStarts('日本日本日', 2)).toEqual([0, 2, 4]);
  });

  it('keeps a text without a place to cut whole', () => {
    expect(pieceStarts('a'.repeat(50), 4)).toEqual([0]);
  });

  it('gives an empty text one piece', () => {
    expect(pieceStarts('', 4)).toEqual([0]);
  });
});
