import { describe, expect, it } from '@jest/globals';
import { Changes } from '../../../src/ingest/changes.ts';

describe('Changes', () => {
  it('tells documents in order to those who follow', async () => {
    const changes = new Changes();
    const followed = changes.documents();

    changes.documentChanged({ id: 1, state: 'RUNNING' });
    changes.documentChanged({ id: 1, state: 'DONE' });
    const told = [await followed.next(), await followed.next()];

    expect(told.map(({ value }) => value)).toEqual([
      [{ id: 1, state: 'RUNNING' }],
      [{ id: 1, state: 'DONE' }],
    ]);
  });

  it('stops telling a listener that has had enough', () => {
    const changes = new Changes();
    const heard: number[] = [];
    const stop = changes.onDocument(({ id }) => heard.push(id));

    changes.documentChanged({ id: 1, state: 'DONE' });
    stop();
    changes.documentChanged({ id: 2, state: 'DONE' });

    expect(heard).toEqual([1]);
  });

  it('tells a type once however often it moves within the interval', async () => {
    const changes = new Changes();
    const followed = changes.types();

    for (let i = 0; i < 100; i += 1) changes.typesMoved([7, 8]);
    const told = [await followed.next(), await followed.next()];
    changes.close();
    const end = await followed.next();

    expect(told.map(({ value }) => value)).toEqual([[7], [8]]);
    expect(end.done).toBe(true);
  });
});
