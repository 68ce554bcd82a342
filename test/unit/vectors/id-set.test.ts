import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hasId, idSet } from '../../../src/vectors/id-set.ts';

const ids = fc.array(fc.integer({ min: 0, max: 2 ** 41 }));

describe('idSet', () => {
  it('has each id once, in ascending order', () => {
    expect([...idSet([5, 1, 5, 2 ** 40, 1])]).toEqual([1, 5, 2 ** 40]);
  });
});

describe('hasId', () => {
  it('agrees with a Set', () => {
    fc.assert(
      fc.property(ids, ids, (some, others) => {
        const set = idSet(some);

        const found = [...some, ...others].filter((id) => hasId(set, id));

        expect(found).toEqual([...some, ...others].filter((id) => some.includes(id)));
      }),
    );
  });
});
