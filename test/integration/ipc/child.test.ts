import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from '../../../src/core/errors.ts';
import { type Child, type ChildOptions, openChild } from '../../../src/ipc/child.ts';

const module = new URL('../../support/ipc/echo-process.ts', import.meta.url);

const open = (options: Partial<ChildOptions> = {}): Promise<Child> =>
  openChild({ name: 'echo', module, argument: { greeting: 'hello' }, ...options });

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function untilGone(pid: number): Promise<boolean> {
  for (let waits = 0; waits < 100 && isRunning(pid); waits += 1) await sleep(50);
  return !isRunning(pid);
}

describe('openChild', () => {
  let child: Child;
  const events: unknown[] = [];
  beforeAll(async () => {
    child = await open({ onEvent: (event) => events.push(event) });
  });
  afterAll(() => child.close());

  it('answers calls with the opened state', async () => {
    const answers = await Promise.all(['Ada', 'Bo'].map((name) => child.call('greet', name)));

    expect(answers).toEqual(['hello Ada', 'hello Bo']);
  });

  it('carries typed arrays both ways as typed arrays', async () => {
    const vectors = [new Float32Array([1, 2.5]), new Float32Array([-3])];

    const doubled = await child.call<Float32Array[]>('double', vectors);
    const kind = await child.call<string>('kind', new BigInt64Array([1n]));

    expect(doubled).toEqual([new Float32Array([2, 5]), new Float32Array([-6])]);
    expect(doubled[0]).toBeInstanceOf(Float32Array);
    expect(kind).toBe('[object BigInt64Array]');
  });

  it('carries a typed array that views part of a larger buffer', async () => {
    const view = new Float32Array([0, 1, 2, 3, 4]).subarray(2, 4);

    const echoed = await child.call<Float32Array>('echo', view);

    expect([...echoed]).toEqual([2, 3]);
  });

  it('carries an AppError with code, kind and details', async () => {
    const error = await child.call('failForUser', null).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({
      code: 'TEXT_TOO_LONG',
      kind: 'invalid',
      details: { chars: 12, maxChars: 10 },
      message: 'A text must be at most 10 characters, but got: 12.',
    });
  });

  it('carries other errors with name, message, code and stack', async () => {
    const bug = await child.call('failByBug', null).catch((thrown: unknown) => thrown);
    const system = await child.call('failBySystem', null).catch((thrown: unknown) => thrown);

    expect(bug).not.toBeInstanceOf(AppError);
    expect(bug).toMatchObject({ name: 'TypeError', message: 'a bug' });
    expect((bug as Error).stack).toContain('echo-process.ts');
    expect(system).toMatchObject({ message: 'no such file', code: 'ENOENT' });
  });

  it('reports unknown methods, inherited ones too, and answers that cannot travel', async () => {
    await expect(child.call('toString', null)).rejects.toThrow(
      'Unknown method of a child: toString',
    );
    await expect(child.call('answerUncloneable', null)).rejects.toThrow('could not be cloned');
    await expect(child.call('greet', 'still')).resolves.toBe('hello still');
  });

  it('rejects an argument that cannot travel and lives on', async () => {
    await expect(child.call('echo', () => undefined)).rejects.toThrow('could not be cloned');
    await expect(child.call('greet', 'still')).resolves.toBe('hello still');
  });

  it('delivers events in order, before the answer that follows them', async () => {
    events.length = 0;

    await child.call('countTo', 3);

    expect(events).toEqual([{ count: 1 }, { count: 2 }, { count: 3 }]);
  });

  it('throws what the child threw while opening', async () => {
    await expect(open({ argument: { greeting: '' } })).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
    });
  });

  it('reports a module that cannot be loaded', async () => {
    const missing = new URL('./no-such-process.ts', import.meta.url);

    await expect(open({ module: missing })).rejects.toMatchObject({ code: 'CHILD_PROCESS_DOWN' });
  });
});

describe('openChild, at the end', () => {
  it('rejects open and later calls when the child dies, and says so once', async () => {
    const reasons: string[] = [];
    const child = await open({ onExit: (reason) => reasons.push(reason) });

    const waiting = child.call('never', null).catch((error: unknown) => error);
    const killed = child.call('die', null).catch((error: unknown) => error);

    expect(await waiting).toMatchObject({
      code: 'CHILD_PROCESS_DOWN',
      details: { name: 'echo', reason: 'SIGKILL' },
    });
    expect(await killed).toMatchObject({ code: 'CHILD_PROCESS_DOWN' });
    await expect(child.call('greet', 'x')).rejects.toMatchObject({ code: 'CHILD_PROCESS_DOWN' });
    expect(reasons).toEqual(['SIGKILL']);
    await child.close();
  });

  it('kills a child that is held up for longer than it may, and says why', async () => {
    const reasons: string[] = [];
    const child = await open({ maxSilenceMs: 2_000, onExit: (reason) => reasons.push(reason) });

    const shortly = await child.call('hang', 200);
    const hanging = child.call('hang', 60_000);

    expect(shortly).toBe('awake');
    await expect(hanging).rejects.toMatchObject({
      code: 'CHILD_PROCESS_DOWN',
      details: { reason: 'no sign of life for 2 s' },
    });
    expect(reasons).toEqual(['no sign of life for 2 s']);
    await child.close();
  });

  it('kills a child of which a part is held up, though the rest answers', async () => {
    const child = await open({ maxSilenceMs: 2_000 });
    const heldUp = child.call('holdUp', null).catch((error: unknown) => error);

    for (let i = 0; i < 40; i += 1) {
      const isUp = await child.call('greet', 'you').then(
        () => true,
        () => false,
      );
      if (!isUp) break;
      await sleep(100);
    }

    expect(await heldUp).toMatchObject({ details: { reason: 'no sign of life for 2 s' } });
    await child.close();
  });

  it('leaves a child alone that takes long and gives signs of life, or has nothing to do', async () => {
    const child = await open({ maxSilenceMs: 3_000 });

    const afterLong = await child.call('sleep', 7_000);
    await sleep(4_000);

    expect(afterLong).toBe('awake');
    await expect(child.call('greet', 'still')).resolves.toBe('hello still');
    await child.close();
  });

  it('closes the child, telling it first, and reports no unexpected end', async () => {
    const events: unknown[] = [];
    const reasons: string[] = [];
    const child = await open({
      onEvent: (event) => events.push(event),
      onExit: (reason) => reasons.push(reason),
    });

    const waiting = child.call('never', null).catch((error: unknown) => error);
    await child.close();
    await child.close();

    expect(await waiting).toMatchObject({ details: { reason: 'closed' } });
    expect(events).toEqual(['closing']);
    expect(reasons).toEqual([]);
    expect(isRunning(child.pid)).toBe(false);
  });

  it('leaves Ctrl-C and SIGTERM to the parent', async () => {
    const child = await open();

    process.kill(child.pid, 'SIGINT');
    process.kill(child.pid, 'SIGTERM');

    await expect(child.call('greet', 'still')).resolves.toBe('hello still');
    await child.close();
  });

  it('ends with its parent, however that ends', async () => {
    const script = fileURLToPath(new URL('../../support/ipc/parent-process.ts', import.meta.url));
    const parent = spawn(process.execPath, ['--import', 'tsx', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());

    parent.kill('SIGKILL');

    expect(pid).toBeGreaterThan(1);
    expect(await untilGone(pid)).toBe(true);
  });
});
