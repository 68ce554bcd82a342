import { jest } from '@jest/globals';
import { CommanderError } from 'commander';
import { reportFailure } from '../../../src/cli/failures.ts';
import { appError } from '../../../src/core/errors.ts';

let written: string[];

beforeEach(() => {
  written = [];
  process.exitCode = undefined;
  jest.spyOn(process.stderr, 'write').mockImplementation((line) => written.push(String(line)) > 0);
});

afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
});

describe('reportFailure', () => {
  it.each([
    { kind: 'invalid', error: appError('TEXT_EMPTY', { chars: 0 }), code: 2 },
    { kind: 'missing', error: appError('DOCUMENT_UNKNOWN', { id: 'x' }), code: 2 },
    { kind: 'conflict', error: appError('STORAGE_LOCKED', { folder: 'x', pid: 1 }), code: 2 },
    {
      kind: 'forbidden',
      error: appError('REQUEST_NOT_LOCAL', { header: 'Host', value: 'x' }),
      code: 3,
    },
    { kind: 'limited', error: appError('TOO_MANY_AT_ONCE', { what: 'calls', max: 1 }), code: 4 },
    { kind: 'unavailable', error: appError('STORAGE_FULL', { folder: 'x' }), code: 4 },
    { kind: 'a bug', error: new Error('broken'), code: 1 },
    { kind: 'wrong usage', error: new CommanderError(1, 'commander.x', 'x'), code: 2 },
    { kind: 'help', error: new CommanderError(0, 'commander.help', 'x'), code: 0 },
  ])('gives $kind the exit code $code', ({ error, code }) => {
    reportFailure(error);

    expect(process.exitCode).toBe(code);
  });

  it('writes one line with code and message, and no stack', () => {
    reportFailure(appError('TEXT_EMPTY', { chars: 3 }));

    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^TEXT_EMPTY: A text must have .*\n$/);
  });

  it('says where, when the message does not', () => {
    reportFailure(appError('TEXT_EMPTY', { chars: 3 }), { path: 'a\u001b.jsonl', line: 7 });

    expect(written[0]).toMatch(/^TEXT_EMPTY: Line 7 of "a\\u001b\.jsonl": A text must/);
  });

  it('shows the stack of a bug', () => {
    reportFailure(new Error('broken'));

    expect(written.join('')).toMatch(/^This is a bug of the program:\nError: broken\n {4}at /);
  });

  it('lets nothing that a user wrote steer the terminal', () => {
    reportFailure(appError('FILE_UNREADABLE', { path: 'x', reason: '\u001b]0;title\u0007' }));

    expect(written[0]).toContain('\\u001b]0;title\\u0007');
  });

  it('keeps the exit code of the first failure', () => {
    reportFailure(appError('STORAGE_FULL', { folder: 'x' }));
    reportFailure(appError('TEXT_EMPTY', { chars: 0 }));

    expect(process.exitCode).toBe(4);
  });
});
