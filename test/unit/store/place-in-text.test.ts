import { describe, expect, it } from '@jest/globals';
import { placeInText } from '../../../src/store/writes/place-in-text.ts';

/** Where the word that is at its last place in the old text is in the new one. */
function placeOf(word: string, from: string, to: string): string | null {
  const start = from.lastIndexOf(word);
  const place = placeInText({ start, end: start + word.length }, { from, to });
  return place && `${place.start}-${place.end}`;
}

describe('placeInText', () => {
  it.each([
    ['at the same place', 'aspirin', 'take aspirin', 'take aspirin now', '5-12'],
    ['at the same place, however often it is elsewhere', 'tea', 'tea', 'tea and tea', '0-3'],
    ['elsewhere, when each text has it once', 'tea', 'no tea', 'tea is no use', '0-3'],
    ['as a whole word only', 'tea', 'no tea', 'steady as tea', '10-13'],
    ['between characters of several units', '👩‍🔬', 'a 👩‍🔬', '👩‍🔬 b', '0-5'],
  ])('finds a span %s', (_, word, from, to, expected) => {
    expect(placeOf(word, from, to)).toBe(expected);
  });

  it.each([
    ['is gone', 'tea', 'no tea', 'no coffee'],
    ['is there twice', 'tea', 'no tea', 'tea or tea'],
    ['was there twice', 'tea', 'tea no tea', 'is tea'],
    ['is only a part of a longer word', 'tea', 'no tea', 'steam'],
  ])('cannot tell when it %s', (_, word, from, to) => {
    expect(placeOf(word, from, to)).toBeNull();
  });
});
