import { describe, expect, it } from '@jest/globals';
import { excerpt } from '../../../src/core/excerpt.ts';

describe('excerpt', () => {
  it('is the beginning of a text, without half a character at its end', () => {
    expect(['abc', 'ab💊', 'a💊b', '💊'].map((text) => excerpt(text, 3))).toEqual([
      'abc',
      'ab',
      'a💊',
      '💊',
    ]);
    expect(excerpt('💊', 1)).toBe('');
  });
});
