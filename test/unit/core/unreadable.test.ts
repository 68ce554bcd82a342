import { describe, expect, it } from '@jest/globals';
import { appError } from '../../../src/core/errors.ts';
import { unreadable } from '../../../src/core/unreadable.ts';

describe('unreadable', () => {
  it.each<[string, unknown, string]>([
    [
      'a code that people meet, in words',
      Object.assign(new Error('x'), { code: 'ENOENT' }),
      'it does not exist',
    ],
    [
      'another code as it is',
      Object.assign(new Error('x'), { code: 'Z_DATA_ERROR' }),
      'Z_DATA_ERROR',
    ],
    ['a message where there is no code', new Error('torn'), 'torn'],
    ['anything else that was thrown', 'torn', 'torn'],
  ])('tells %s', (_name, cause, reason) => {
    const error = unreadable('a.txt', cause);

    expect(error).toMatchObject({
      code: 'FILE_UNREADABLE',
      details: { path: 'a.txt', reason },
      cause,
    });
    expect(error.message).toBe(`A file must be readable, but got: "a.txt" (${reason}).`);
  });

  it('leaves an error that a user understands as it is', () => {
    const error = appError('FILE_EXISTS', { path: 'a.txt' });

    expect(unreadable('b.txt', error)).toBe(error);
  });
});
