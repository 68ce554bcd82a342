import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inSentence } from '../../../src/store/sentence.ts';
import { anyText } from '../../support/text/any-text.ts';

/** A text, a sentence of it and a span in that, at whole characters. */
const anyPlace = fc
  .tuple(anyText, fc.array(fc.nat(200), { minLength: 4, maxLength: 4 }))
  .map(([text, numbers]) => {
    const edges = [...text].reduce((all, each) => [...all, all.at(-1)! + each.length], [0]);
    const [from, start, end, to] = numbers
      .map((number) => edges[number % edges.length]!)
      .toSorted((a, b) => a - b);
    return { text, start: start!, end: end!, sentence: { start: from!, end: to! } };
  });

describe('inSentence', () => {
  it('gives the span, in a well-formed part of its sentence that is not too long', () => {
    fc.assert(
      fc.property(anyPlace, fc.integer({ min: 2, max: 60 }), ({ text, ...place }, maxChars) => {
        const { start, end, sentence } = place;

        const given = inSentence(text, { ...place, maxChars });

        expect(given.text.slice(given.start, given.end)).toBe(text.slice(start, end));
        expect(text.slice(sentence.start, sentence.end)).toContain(given.text);
        expect(given.text.length).toBeLessThanOrEqual(Math.max(maxChars, end - start));
        expect(given.text).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });
});
