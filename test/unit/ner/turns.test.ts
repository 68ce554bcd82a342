import { Turns } from '../../../src/ner/turns.ts';

/** A piece of work that notes its name and ends when told to. */
function piece(log: string[], name: string) {
  let finish = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const work = async (): Promise<string> => {
    log.push(name);
    await ended;
    return name;
  };
  return { work, finish: () => finish() };
}

const quick = (log: string[], name: string) => async (): Promise<void> => {
  log.push(name);
};

describe('Turns', () => {
  it('does one piece at a time, in order', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const first = piece(log, 'first');

    const results = [
      turns.take('bulk', first.work),
      turns.take('bulk', async () => log.push('second')),
    ];
    await Promise.resolve();
    const before = [...log];
    first.finish();

    expect(await Promise.all(results)).toEqual(['first', 2]);
    expect(before).toEqual(['first']);
    expect(log).toEqual(['first', 'second']);
  });

  it('lets urgent work pass all bulk work that has not begun', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const first = piece(log, 'bulk 1');

    const all = [
      turns.take('bulk', first.work),
      turns.take('bulk', quick(log, 'bulk 2')),
      turns.take('interactive', quick(log, 'urgent')),
    ];
    first.finish();
    await Promise.all(all);

    expect(log).toEqual(['bulk 1', 'urgent', 'bulk 2']);
  });

  it('gives bulk work a turn after many urgent ones', async () => {
    const turns = new Turns();
    const log: string[] = [];

    await Promise.all([
      ...Array.from({ length: 40 }, () => turns.take('interactive', quick(log, 'urgent'))),
      turns.take('bulk', quick(log, 'bulk')),
    ]);

    expect(log.indexOf('bulk')).toBeGreaterThanOrEqual(10);
    expect(log.indexOf('bulk')).toBeLessThan(20);
  });

  it('goes on after a piece that fails', async () => {
    const turns = new Turns();

    const failed = turns.take('bulk', () => Promise.reject(new Error('no')));
    const next = turns.take('bulk', async () => 'yes');

    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });

  it('ends the current turn and refuses the others when closed', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const first = piece(log, 'first');
    const current = turns.take('bulk', first.work);
    const waiting = turns.take('bulk', quick(log, 'second'));

    const closed = turns.close();
    first.finish();

    await expect(waiting).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(await current).toBe('first');
    await closed;
    await expect(turns.take('bulk', quick(log, 'third'))).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
    expect(log).toEqual(['first']);
  });
});
