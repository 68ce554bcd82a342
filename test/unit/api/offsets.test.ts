import { describe, expect, it } from '@jest/globals';
import { measureText, textAfter, textBefore } from '../../../src/api/offsets.ts';

describe('measureText', () => {
  it('counts code points as Python does', () => {
    const measured = measureText('a😀b👩‍⚕️c');

    const offsets = [0, 1, 3, 4, 6, 9].map((utf16) => measured.offset(utf16, 'CODE_POINT'));

    expect(offsets).toEqual([0, 1, 2, 3, 4, 7]);
  });

  it('gives UTF-16 offsets as they are', () => {
    expect(measureText('a😀b').offset(3, 'UTF16')).toBe(3);
  });

  it('counts the same in a text of the Basic Multilingual Plane', () => {
    expect(measureText('الأسبرين').offset(5, 'CODE_POINT')).toBe(5);
  });
});

describe('textBefore', () => {
  it('gives what precedes, cut at a character', () => {
    expect(textBefore('ab😀cd', 5, 2)).toBe('c');
    expect(textBefore('ab😀cd', 5, 3)).toBe('😀c');
    expect(textBefore('ab', 1, 40)).toBe('a');
  });

  it('refuses a length that is out of range', () => {
    const ask = () => textBefore('ab', 1, 1_001);

    expect(ask).toThrow('maxChars must be from 0 to 1000, but got: 1001.');
  });
});

describe('textAfter', () => {
  it('gives what follows, cut at a character', () => {
    expect(textAfter('ab😀cd', 1, 2)).toBe('b');
    expect(textAfter('ab😀cd', 1, 3)).toBe('b😀');
    expect(textAfter('ab', 1, 0)).toBe('');
  });

  it('refuses a length that is out of range', () => {
    const ask = () => textAfter('ab', 1, -1);

    expect(ask).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  });
});
