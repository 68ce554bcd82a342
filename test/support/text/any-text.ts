/**
 * Texts that break careless tokenizing: accents apart from their letters, control characters, emoji,
 * right-to-left and Korean script, lone surrogates, brackets that look like special tokens.
 */
import fc from 'fast-check';

const unusual = fc.constantFrom(
  '\u0301',
  'e\u0301',
  '\0',
  '\u200b',
  '\u00ad',
  '\ufeff',
  '\ufffd',
  '😀',
  '👩‍🔬',
  '한',
  '日本',
  'אב',
  '[SEP]',
  '[UNK]',
  '\n',
  '\u2028',
  '\u00a0',
  'ß',
  'İ',
  'α',
  '½',
  '\u{10ffff}',
  '\ue000',
);

const plain = fc.constantFrom('aspirin', 'in', ' ', ' the ', 'a1b2', '-', '.', ', ', '5-HT', 'x');

/** Well-formed texts. */
export const anyText = fc
  .array(fc.oneof({ weight: 3, arbitrary: plain }, unusual, fc.string({ unit: 'grapheme' })), {
    maxLength: 30,
  })
  .map((parts) => parts.join(''));

/** Any JavaScript string: lone surrogates too. */
export const anyString = fc
  .array(fc.oneof(anyText, fc.constantFrom('\ud83d', '\udc00')), { maxLength: 4 })
  .map((parts) => parts.join(''));
