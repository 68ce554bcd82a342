import { describe, expect, it } from '@jest/globals';
import { inSentence } from '../../../src/store/sentence.ts';

const text = 'First one. Rats were given 😀 morphine daily.  Last one.';
const place = (word: string) => {
  const start = text.indexOf(word);
  return { start, end: start + word.length };
};
const second = { start: 11, end: text.indexOf('Last') };

describe('inSentence', () => {
  it('gives the sentence of a span without white space after it', () => {
    const given = inSentence(text, { ...place('morphine'), sentence: second, maxChars: 100 });

    expect(given).toEqual({ text: 'Rats were given 😀 morphine daily.', start: 19, end: 27 });
  });

  it('keeps a span that ends with white space', () => {
    const span = { start: place('daily').start, end: second.end };

    const given = inSentence(text, { ...span, sentence: second, maxChars: 100 });

    expect(given.text.slice(given.start)).toBe('daily.  ');
  });

  it.each([20, 21, 30, 31])('keeps at most %d characters around a span', (maxChars) => {
    const given = inSentence(text, { ...place('morphine'), sentence: second, maxChars });

    expect(given.text.slice(given.start, given.end)).toBe('morphine');
    expect(given.text.length).toBeLessThanOrEqual(maxChars);
    expect(text).toContain(` ${given.text} `);
  });

  it('does not cut a span', () => {
    const given = inSentence(text, { ...place('morphine'), sentence: second, maxChars: 5 });

    expect(given).toEqual({ text: 'morphine', start: 0, end: 8 });
  });
});
