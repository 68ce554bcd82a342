import { AppError } from '../../../src/core/errors.ts';
import { invariant } from '../../../src/core/invariant.ts';

describe('invariant', () => {
  it('lets a true condition pass', () => {
    const check = () => invariant('text', 'a text that is not empty holds');

    expect(check).not.toThrow();
  });

  it('throws a bug, not a user error, with the promise that was broken', () => {
    let thrown: unknown;

    try {
      invariant(false, 'every window has a token');
    } catch (error) {
      thrown = error;
    }

    expect(thrown).toBeInstanceOf(Error);
    expect(thrown).not.toBeInstanceOf(AppError);
    expect(thrown).toHaveProperty('message', 'Invariant broken: every window has a token');
  });
});
