import { appError } from '../../../src/core/errors.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';

function record(level: 'info' | 'silent') {
  const lines: string[] = [];
  return { lines, logger: createLogger(level, { write: (line) => lines.push(line) }) };
}

describe('createLogger', () => {
  it('writes one JSON object a line with level, time, facts and message', () => {
    const { lines, logger } = record('info');

    logger.info({ port: 4000 }, 'listening');

    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      port: 4000,
      msg: 'listening',
    });
  });

  it('escapes everything but plain ASCII and loses nothing', () => {
    const { lines, logger } = record('info');
    const hostile = 'a\nb\u001b[31m\u009b\u202e\u2028é😀\ud800\u0000\u007f';

    logger.info({ text: hostile }, 'read');

    expect(lines[0]).toMatch(/^[\u0020-\u007e]+\n$/);
    expect(JSON.parse(lines[0] ?? '').text).toBe(hostile);
  });

  it('writes an error with its code, stack and cause', () => {
    const { lines, logger } = record('info');
    const error = appError('FILE_UNREADABLE', { path: 'a', reason: 'gone' }, new Error('ENOENT'));

    logger.error({ error }, 'failed');

    expect(JSON.parse(lines[0] ?? '').error).toMatchObject({
      code: 'FILE_UNREADABLE',
      stack: expect.stringContaining('logger.test'),
      cause: { message: 'ENOENT' },
    });
  });

  it('keeps quiet below its level', () => {
    const info = record('info');
    const silent = record('silent');

    info.logger.debug({}, 'detail');
    silent.logger.error({}, 'failed');

    expect([...info.lines, ...silent.lines]).toEqual([]);
  });
});
