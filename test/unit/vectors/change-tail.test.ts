import { describe, expect, it } from '@jest/globals';
import { ChangeTail, hiddenBy, mergeNeighbors } from '../../../src/vectors/change-tail.ts';

const unit = (...numbers: number[]) => Float32Array.from(numbers);
const found = (...pairs: (readonly [id: number, similarity: number])[]) => ({
  ids: Float64Array.from(pairs, ([id]) => id),
  similarities: Float64Array.from(pairs, ([, similarity]) => similarity),
});

describe('ChangeTail', () => {
  it('keeps the last change of each id, and no removal of what nobody has', () => {
    const tail = new ChangeTail(new Set([1]));

    tail.accept(
      new Map([
        [1, null],
        [2, unit(1)],
        [3, null],
      ]),
    );
    tail.accept(new Map([[2, null]]));

    expect([...tail.copy()]).toEqual([
      [1, null],
      [2, null],
    ]);
  });

  it('counts what there is once all is absorbed', () => {
    const tail = new ChangeTail(new Set([1, 2, 3]));

    tail.accept(
      new Map([
        [1, null],
        [2, unit(1)],
        [4, unit(1)],
        [5, unit(1)],
      ]),
    );

    expect(tail.sizeAfter).toBe(4);
  });

  it('forgets what was absorbed, but not what overtook it', () => {
    const tail = new ChangeTail(new Set());
    tail.accept(
      new Map([
        [1, unit(1)],
        [2, unit(2)],
      ]),
    );
    const sent = tail.copy();
    tail.accept(new Map([[2, unit(3)]]));

    tail.absorbed(sent);

    expect([...tail.copy()]).toEqual([[2, unit(3)]]);
  });
});

describe('ChangeTail, of vectors that the graph does not find', () => {
  it('keeps them when it has been absorbed, and does not wait for them', () => {
    const tail = new ChangeTail(new Set([1]));
    tail.pin(1, unit(1));
    tail.accept(new Map([[2, unit(2)]]));

    const sent = tail.toAbsorb();
    tail.absorbed(sent);

    expect([...sent.keys()]).toEqual([2]);
    expect(tail.waiting).toBe(0);
    expect([...tail.copy()]).toEqual([[1, unit(1)]]);
    expect(tail.sizeAfter).toBe(1);
  });

  it('gives way to a change of the same id', () => {
    const tail = new ChangeTail(new Set([1]));
    tail.pin(1, unit(1));

    tail.accept(new Map([[1, null]]));
    tail.pin(1, unit(1));

    expect(tail.pinned).toEqual([]);
    expect([...tail.toAbsorb()]).toEqual([[1, null]]);
  });
});

describe('hiddenBy', () => {
  it('counts the changes of ids that the graph has', () => {
    expect(
      hiddenBy(
        new Map([
          [1, null],
          [2, unit(1)],
          [9, unit(1)],
        ]),
        new Set([1, 2, 3]),
      ),
    ).toBe(2);
  });
});

describe('mergeNeighbors', () => {
  it('puts the changes in the place of what the graph says of the same ids', () => {
    const changes = new Map([
      [1, null],
      [2, unit(0, 1)],
      [4, unit(0.8, 0.6)],
    ]);

    const merged = mergeNeighbors(found([1, 1], [2, 0.9], [3, 0.7]), changes, {
      vector: unit(1, 0),
      limit: 2,
    });

    expect(merged).toEqual([
      { id: 4, similarity: 0.8 },
      { id: 3, similarity: 0.7 },
    ]);
  });
});
