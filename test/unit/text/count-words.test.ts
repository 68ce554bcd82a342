import { describe, expect, it } from '@jest/globals';
import { countWords } from '../../../src/text/count-words.ts';

describe('countWords', () => {
  it.each([
    ['', 0],
    [' \n\t—… ☕!', 0],
    ['Aspirin, 100 mg: not for the child’s headache.', 8],
    ['الأسبرين والصداع', 2],
    ['我喜欢咖啡', 3],
  ])('counts %j', (text, words) => {
    expect(countWords(text)).toBe(words);
  });

  it('counts every word of a long text once', () => {
    expect(countWords('headache tremor\n'.repeat(5_000))).toBe(10_000);
    expect(countWords('x'.repeat(25_000))).toBe(1);
  });
});
