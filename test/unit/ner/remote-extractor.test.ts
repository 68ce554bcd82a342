import { textPieces } from '../../../src/ner/remote-extractor.ts';

describe('textPieces', () => {
  it('groups texts in order, by count and by length', () => {
    const short = Array.from({ length: 20 }, (_, i) => `${i}`);
    const long = 'x'.repeat(30_000);
    const texts = [...short, long, 'a', 'b', 'y'.repeat(19_999), 'c'];

    const pieces = textPieces(texts);

    expect(pieces.map((piece) => piece.length)).toEqual([16, 4, 1, 2, 2]);
    expect(pieces.flat()).toEqual(texts);
  });
});
