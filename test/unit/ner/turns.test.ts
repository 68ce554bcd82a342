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

  it('does as many pieces at once as there are places', async () => {
    const turns = new Turns(2);
    const log: string[] = [];
    const [first, second] = [piece(log, 'first'), piece(log, 'second')];

    const all = [
      turns.take('bulk', first.work),
      turns.take('bulk', second.work),
      turns.take('bulk', quick(log, 'third')),
    ];
    await Promise.resolve();
    const before = [...log];
    second.finish();
    await all[2];
    const after = [...log];
    first.finish();
    await Promise.all(all);

    expect(before).toEqual(['first', 'second']);
    expect(after).toEqual(['first', 'second', 'third']);
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

describe('Turns.each', () => {
  it('lets other work of the same priority have its turns in between', async () => {
    const turns = new Turns(2);
    const log: number[] = [];
    const note = async (item: number): Promise<void> => void log.push(item);

    await Promise.all([
      turns.each('bulk', [1, 2, 3, 4, 5, 6], note),
      turns.each('bulk', [10, 20], note),
    ]);

    expect([...log].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 10, 20]);
    expect(log.indexOf(20)).toBeLessThan(log.indexOf(5));
  });

  it('begins nothing more after a piece that fails', async () => {
    const turns = new Turns(2);
    const begun: number[] = [];
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      if (item === 1) throw new Error('no');
    };

    await expect(turns.each('bulk', [1, 2, 3, 4, 5, 6], work)).rejects.toThrow('no');
    await turns.close();

    expect(begun).toEqual([1, 2]);
  });
});
