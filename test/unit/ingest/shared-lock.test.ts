import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { SharedLock } from '../../../src/ingest/shared-lock.ts';

/** Work that says when it begins and ends. */
const worker = (log: string[]) => (name: string) => async () => {
  log.push(`+${name}`);
  await sleep(5);
  log.push(`-${name}`);
};

describe('SharedLock', () => {
  it('lets shared work go on together, and other work alone', async () => {
    const log: string[] = [];
    const work = worker(log);
    const lock = new SharedLock();

    await Promise.all([
      lock.shared(work('a')),
      lock.shared(work('b')),
      lock.alone(work('x')),
      lock.alone(work('y')),
      lock.shared(work('c')),
    ]);

    expect(log).toEqual(['+a', '+b', '-a', '-b', '+x', '-x', '+y', '-y', '+c', '-c']);
  });

  it('goes on after work that fails', async () => {
    const lock = new SharedLock();
    const failed = lock.alone(() => Promise.reject(new Error('no')));

    const next = lock.shared(async () => 'done');

    await expect(failed).rejects.toThrow('no');
    await expect(next).resolves.toBe('done');
  });
});
