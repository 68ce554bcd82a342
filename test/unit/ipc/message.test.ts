import { describe, expect, it } from '@jest/globals';
import { AppError, appError } from '../../../src/core/errors.ts';
import { packError, unpackError } from '../../../src/ipc/message.ts';

const cross = (thrown: unknown): Error => unpackError(structuredClone(packError(thrown)));

describe('packError and unpackError', () => {
  it('keep an AppError with code, kind, details, message and stack', () => {
    const error = appError('TEXT_TOO_LONG', { chars: 5, maxChars: 4 });

    const arrived = cross(error);

    expect(arrived).toBeInstanceOf(AppError);
    expect(arrived).toMatchObject({
      code: 'TEXT_TOO_LONG',
      kind: 'invalid',
      details: { chars: 5 },
    });
    expect(arrived.message).toBe(error.message);
    expect(arrived.stack).toBe(error.stack);
  });

  it('do not take another error with a code for an AppError', () => {
    const arrived = cross(Object.assign(new RangeError('no'), { code: 'TEXT_TOO_LONG' }));

    expect(arrived).not.toBeInstanceOf(AppError);
    expect(arrived).toMatchObject({ name: 'RangeError', message: 'no', code: 'TEXT_TOO_LONG' });
  });

  it('make an error of what is none', () => {
    expect(cross('just a string').message).toBe('just a string');
    expect(cross(undefined).message).toBe('undefined');
  });
});
