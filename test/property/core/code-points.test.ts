import fc from 'fast-check';
import { codePointStarts, codePointsBefore } from '../../../src/core/code-points.ts';

/** Any string of JavaScript: also lone surrogates, halves in the wrong order, pairs beside each other. */
const anyString = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('a', '😀', '\ud83d', '\ude00', '\u{10ffff}', 'é', '日'), {
      maxLength: 20,
    })
    .map((parts) => parts.join('')),
);

describe('codePointStarts', () => {
  it('gives the UTF-16 offset of every code point and of the end', () => {
    fc.assert(
      fc.property(anyString, (text) => {
        const codePoints = Array.from(text);
        const expected = codePoints.map((_, i) => codePoints.slice(0, i).join('').length);

        const starts =
          codePointStarts(text) ?? Array.from({ length: text.length + 1 }, (_, i) => i);

        expect([...starts]).toEqual([...expected, text.length]);
      }),
    );
  });

  it('is null exactly when both counts are equal everywhere', () => {
    fc.assert(
      fc.property(anyString, (text) => {
        const isSame = Array.from(text).length === text.length;

        const starts = codePointStarts(text);

        expect(starts === null).toBe(isSame);
      }),
    );
  });
});

describe('codePointsBefore', () => {
  it('is the inverse of codePointStarts', () => {
    fc.assert(
      fc.property(anyString, (text) => {
        const starts = [...(codePointStarts(text) ?? [])];

        const counts = starts.map((unit) => codePointsBefore(text, unit));

        expect(counts).toEqual(starts.map((_, i) => i));
      }),
    );
  });

  it('counts the code points of what is before the offset', () => {
    fc.assert(
      fc.property(anyString, fc.nat(), (text, pick) => {
        const boundaries = [
          ...(codePointStarts(text) ?? Array.from({ length: text.length + 1 }, (_, i) => i)),
        ];
        const unit = boundaries[pick % boundaries.length] ?? 0;

        const count = codePointsBefore(text, unit);

        expect(count).toBe(Array.from(text.slice(0, unit)).length);
      }),
    );
  });
});
