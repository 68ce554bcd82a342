import { describe, expect, it } from '@jest/globals';
import { checkText } from '../../../src/text/check-text.ts';

describe('checkText', () => {
  it.each([
    ['one word', 'aspirin'],
    ['NUL and control characters', 'as\u0000pirin\u0007'],
    ['right-to-left text', 'الأسبرين يعالج الصداع'],
    ['emoji, joined and flagged', '👩‍⚕️ 🇩🇪 aspirin'],
    ['as many characters as are allowed', 'a'.repeat(100)],
  ])('lets %s through', (_name, text) => {
    expect(() => checkText(text, 100)).not.toThrow();
  });

  it.each([
    ['nothing', '', 'TEXT_EMPTY', 'got: 0 characters'],
    ['white space', ' \n\t\u00a0', 'TEXT_EMPTY', 'got: 4 characters'],
    [
      'one character too many',
      'a'.repeat(101),
      'TEXT_TOO_LONG',
      'most 100 characters, but got: 101',
    ],
    ['a high surrogate alone', 'ab\ud83d c', 'TEXT_NOT_UNICODE', 'at offset 2'],
    ['a low surrogate alone', '\ude00', 'TEXT_NOT_UNICODE', 'at offset 0'],
    ['surrogates in the wrong order', 'a\ude00\ud83d', 'TEXT_NOT_UNICODE', 'at offset 1'],
    ['a lone surrogate after a pair', '😀\ud83d', 'TEXT_NOT_UNICODE', 'at offset 2'],
  ])('refuses %s', (_name, text, code, message) => {
    expect(() => checkText(text, 100)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});
