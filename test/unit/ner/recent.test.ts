import { Recent } from '../../../src/ner/recent.ts';

describe('Recent', () => {
  it('forgets what was used least recently', () => {
    const recent = new Recent<number>(2);
    recent.set('a', 1);
    recent.set('b', 2);
    recent.get('a');

    recent.set('c', 3);

    expect([recent.get('a'), recent.get('b'), recent.get('c')]).toEqual([1, undefined, 3]);
    expect(recent.size).toBe(2);
  });

  it('replaces a value without forgetting another', () => {
    const recent = new Recent<number>(2);
    recent.set('a', 1);
    recent.set('b', 2);

    recent.set('a', 3);

    expect([recent.get('a'), recent.get('b')]).toEqual([3, 2]);
  });
});
