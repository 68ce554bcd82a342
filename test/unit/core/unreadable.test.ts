import { describe, expect, it } from '@jest/globals';
import { appError } from '../../../src/core/errors.ts';
import { unreadable, unwritable } from '../../../src/core/unreadable.ts';

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

describe('unwritable', () => {
  const failure = (code: string) => Object.assign(new Error(`${code}: no`), { code });

  it.each([
    ['ENOSPC', 'STORAGE_FULL', { folder: '/a' }],
    ['EDQUOT', 'STORAGE_FULL', { folder: '/a' }],
    ['EIO', 'STORAGE_FAILED', { folder: '/a', value: 'EIO: no' }],
    ['EROFS', 'STORAGE_FAILED', { folder: '/a', value: 'EROFS: no' }],
    [
      'ENOTDIR',
      'FILE_UNREADABLE',
      { path: '/a/b', reason: 'it cannot be written: a part of its path is a file' },
    ],
    [
      'ENOENT',
      'FILE_UNREADABLE',
      { path: '/a/b', reason: 'it cannot be written: its folder does not exist' },
    ],
  ])('tells %s as %s', (systemCode, code, details) => {
    const cause = failure(systemCode);

    expect(unwritable('/a/b', cause)).toMatchObject({ code, details, cause });
  });

  it('leaves an error that a user understands as it is', () => {
    const error = appError('STORAGE_FULL', { folder: '/a' });

    expect(unwritable('/a/b', error)).toBe(error);
  });
});
