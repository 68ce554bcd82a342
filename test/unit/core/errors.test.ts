import { AppError, appError, errorCodes } from '../../../src/core/errors.ts';
import { quote } from '../../../src/core/quote.ts';

/** Characters that move the cursor, colour a terminal, hide, or turn the writing direction. */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/;

describe('quote', () => {
  it.each([
    ['a word', 'aspirin', '"aspirin"'],
    ['quotation marks', 'say "no"', '"say \\"no\\""'],
    ['a terminal colour', '\u001b[31mred', '"\\u001b[31mred"'],
    ['a C1 control sequence', '\u009b31m', '"\\u009b31m"'],
    ['DEL', 'a\u007fb', '"a\\u007fb"'],
    ['a line that would forge a log entry', 'a\n{"level":30}', '"a\\n{\\"level\\":30}"'],
    ['a line separator', 'a\u2028b', '"a\\u2028b"'],
    ['right-to-left override', 'a\u202eb', '"a\\u202eb"'],
    ['a direction isolate', 'a\u2066b', '"a\\u2066b"'],
    ['an Arabic letter mark', 'a\u061cb', '"a\\u061cb"'],
    ['a zero-width space', 'a\u200bb', '"a\\u200bb"'],
    ['a lone surrogate', 'a\ud800b', '"a\\ud800b"'],
    ['letters of any script', 'naïve 日本 😀', '"naïve 日本 😀"'],
    ['a number', 1.5, '1.5'],
    ['not a number', Number.NaN, 'null'],
    ['an object', { a: [1, null] }, '{"a":[1,null]}'],
    ['null', null, 'null'],
    ['undefined', undefined, 'undefined'],
    ['a large integer', 10n, '10'],
  ])('shows %s escaped, on one line', (_, value, expected) => {
    const shown = quote(value);

    expect(shown).toBe(expected);
  });

  it('shows a value that refers to itself', () => {
    const value: Record<string, unknown> = {};
    value.self = value;

    const shown = quote(value);

    expect(shown).toBe('[object Object]');
  });

  it('shows 80 characters whole and cuts what is longer', () => {
    const shown = [quote('x'.repeat(80)), quote('x'.repeat(81)), quote('x'.repeat(1e6))];

    expect(shown[0]).toBe(`"${'x'.repeat(80)}"`);
    expect(shown[1]).toBe(`"${'x'.repeat(79)}…`);
    expect(shown[2]).toBe(shown[1]);
  });

  it('stays short and safe when every character needs an escape', () => {
    const shown = quote('\u202e'.repeat(1000));

    expect(shown.length).toBeLessThanOrEqual(83);
    expect(shown).not.toMatch(unsafe);
  });

  it('cuts between characters, never inside a surrogate pair', () => {
    const shown = [0, 1].map((shift) => quote(`${'x'.repeat(shift)}${'😀'.repeat(60)}`));

    expect(shown.map((text) => /\p{Surrogate}/u.test(text))).toEqual([false, false]);
  });
});

describe('appError', () => {
  it('has the code, its kind, a full sentence and the facts', () => {
    const error = appError('TEXT_TOO_LONG', { chars: 12, maxChars: 10 });

    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({
      name: 'AppError',
      code: 'TEXT_TOO_LONG',
      kind: 'invalid',
      message: 'A text must be at most 10 characters, but got: 12.',
      details: { chars: 12, maxChars: 10 },
    });
  });

  it('keeps the original as its cause', () => {
    const original = new Error('EACCES');

    const error = appError('FILE_UNREADABLE', { path: 'a.txt', reason: 'no permission' }, original);

    expect(error.cause).toBe(original);
  });

  it('has no cause when there is none', () => {
    const error = appError('TEXT_EMPTY', { chars: 0 });

    expect('cause' in error).toBe(false);
  });

  it('keeps the facts as they were when it was made', () => {
    const details = { chars: 0 };
    const error = appError('TEXT_EMPTY', details);

    details.chars = 7;

    expect(error.details).toEqual({ chars: 0 });
  });

  it('escapes what a user wrote', () => {
    const error = appError('ENTITY_TYPE_UNKNOWN', { name: '\u001b[2J' });

    expect(error.message).toBe('An entity type must exist, but got: "\\u001b[2J".');
  });
});

describe('errorCodes', () => {
  it('is in SCREAMING_SNAKE', () => {
    const odd = errorCodes.filter((code) => !/^[A-Z]+(_[A-Z]+)*$/.test(code));

    expect(odd).toEqual([]);
  });
});
