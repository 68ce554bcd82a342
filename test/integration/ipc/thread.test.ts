import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { openThread, type Thread } from '../../../src/ipc/thread.ts';

const module = new URL('../../support/ipc/echo-thread.ts', import.meta.url);

jest.setTimeout(60_000);

const opened: Thread[] = [];

async function open(argument = {}): Promise<Thread> {
  const thread = await openThread({ name: 'echo', module, argument });
  opened.push(thread);
  return thread;
}

afterEach(async () => {
  for (const thread of opened.splice(0)) await thread.close();
});

describe('openThread', () => {
  it('answers calls in the order they are made, keeping this thread free', async () => {
    const thread = await open();
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);

    const blocked = thread.call('block', 300);
    const counts = await Promise.all([1, 2, 3].map(() => thread.call('count', undefined)));
    await blocked;
    clearInterval(timer);

    expect(counts).toEqual([1, 2, 3]);
    expect(turns).toBeGreaterThan(5);
  });

  it('moves memory both ways', async () => {
    const thread = await open();
    const numbers = Float32Array.of(1, 2, 3);

    const doubled = await thread.call('double', numbers, [numbers.buffer]);

    expect(doubled).toEqual(Float32Array.of(2, 4, 6));
    expect(numbers).toHaveLength(0);
  });

  it('rejects with the error of the method, code and details kept', async () => {
    const thread = await open();

    await expect(thread.call('fail', undefined)).rejects.toMatchObject({
      code: 'TEXT_TOO_LONG',
      details: { chars: 3, maxChars: 2 },
    });
    await expect(thread.call('unknown', undefined)).rejects.toThrow('Unknown method');
    await expect(thread.call('count', () => undefined)).rejects.toThrow('could not be cloned');
  });

  it('rejects what waits when the thread ends, and starts it again for the next call', async () => {
    const thread = await open();
    const first = await thread.call('thread', undefined);

    const call = thread.call('die', undefined);

    await expect(call).rejects.toMatchObject({ code: 'CHILD_PROCESS_DOWN' });
    expect(thread.waiting).toBe(0);
    expect(await thread.call('thread', undefined)).not.toBe(first);
  });

  it('refuses to open when the thread refuses', async () => {
    const opening = openThread({ name: 'echo', module, argument: { refuses: true } });

    await expect(opening).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  });

  it('keeps no process from ending while it has nothing to answer', async () => {
    const script = fileURLToPath(
      new URL('../../support/ipc/idle-thread-process.ts', import.meta.url),
    );

    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
      timeout: 60_000,
    });

    expect(stdout).toBe('1\n');
  });

  it('answers what was asked before it closes, and nothing afterwards', async () => {
    const thread = await open();
    const before = thread.call('count', undefined);

    await thread.close();

    expect(await before).toBe(1);
    await expect(thread.call('count', undefined)).rejects.toMatchObject({
      code: 'CHILD_PROCESS_DOWN',
    });
  });
});
