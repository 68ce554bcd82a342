/** What every VectorIndex does. Run for each implementation by vector-index.test.ts. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { idSet } from '../../src/vectors/id-set.ts';
import type { VectorIndex } from '../../src/vectors/vector-index.ts';

/** An index that can be closed and opened again with what it had. */
export interface OpenedIndex {
  readonly index: VectorIndex;
  reopen(): Promise<OpenedIndex>;
  close(): Promise<void>;
}

const vectorOf = (...numbers: number[]): Float32Array => Float32Array.from(numbers);

/** Unit vector at an angle, in degrees, from the first axis. */
function at(degrees: number): Float32Array {
  const radians = (degrees * Math.PI) / 180;
  return vectorOf(Math.cos(radians), Math.sin(radians), 0);
}

/** Declares the suite. `open` gives an empty index of three dimensions. */
export function describeVectorIndex(name: string, open: () => Promise<OpenedIndex>): void {
  describe(name, () => {
    let opened: OpenedIndex;
    let index: VectorIndex;
    beforeEach(async () => {
      opened = await open();
      index = opened.index;
    });
    afterEach(() => opened.close());

    const idsNear = async (vector: Float32Array, limit: number) =>
      (await index.search({ vector, limit })).map(({ id }) => id);

    it('finds nothing while it is empty', async () => {
      await expect(index.search({ vector: at(0), limit: 3 })).resolves.toEqual([]);
      expect(index.size).toBe(0);
      expect(index.dimensions).toBe(3);
    });

    it('finds the nearest first, with their cosine similarity', async () => {
      await index.put([
        { id: 1, vector: at(90) },
        { id: 2, vector: at(0) },
        { id: 3, vector: at(60) },
        { id: 4, vector: at(180) },
      ]);

      const neighbors = await index.search({ vector: at(0), limit: 4 });

      expect(neighbors.map(({ id }) => id)).toEqual([2, 3, 1, 4]);
      const expected = [1, 0.5, 0, -1];
      for (const [i, { similarity }] of neighbors.entries()) {
        expect(similarity).toBeCloseTo(expected[i] ?? Number.NaN, 5);
      }
    });

    it('finds at most as many as asked for, and all when there are fewer', async () => {
      await index.put([5, 6, 7].map((id) => ({ id, vector: at(10 * id) })));

      expect(await idsNear(at(0), 2)).toEqual([5, 6]);
      expect(await idsNear(at(0), 1_000)).toEqual([5, 6, 7]);
    });

    it('orders equal vectors by id', async () => {
      await index.put([9, 3, 7, 5].map((id) => ({ id, vector: at(45) })));

      expect(await idsNear(at(45), 10)).toEqual([3, 5, 7, 9]);
    });

    it('does not look at the length of vectors', async () => {
      await index.put([
        { id: 1, vector: at(10).map((value) => value * 1e-30) },
        { id: 2, vector: at(20).map((value) => value * 1e30) },
      ]);

      const [first, second] = await index.search({ vector: vectorOf(5, 0, 0), limit: 2 });

      expect(first?.id).toBe(1);
      expect(first?.similarity).toBeCloseTo(Math.cos(Math.PI / 18), 5);
      expect(second?.id).toBe(2);
    });

    it('leaves the vectors it is given alone, and does not see later changes of them', async () => {
      const vector = vectorOf(3, 4, 0);
      await index.put([{ id: 1, vector }]);

      vector.set([0, 0, 1]);

      const [found] = await index.search({ vector: vectorOf(3, 4, 0), limit: 1 });
      expect(found).toEqual({ id: 1, similarity: 1 });
    });

    it('replaces a vector whose id it has', async () => {
      await index.put([
        { id: 1, vector: at(0) },
        { id: 2, vector: at(50) },
      ]);

      await index.put([{ id: 1, vector: at(90) }]);

      expect(index.size).toBe(2);
      expect(await idsNear(at(0), 5)).toEqual([2, 1]);
    });

    it('takes the last of several vectors with one id', async () => {
      await index.put([
        { id: 1, vector: at(0) },
        { id: 1, vector: at(90) },
      ]);

      expect(index.size).toBe(1);
      const [found] = await index.search({ vector: at(90), limit: 1 });
      expect(found).toEqual({ id: 1, similarity: 1 });
    });

    it('does not find what was removed, and ignores ids it does not have', async () => {
      await index.put([1, 2, 3].map((id) => ({ id, vector: at(10 * id) })));

      await index.remove([2, 99]);
      await index.remove([2]);

      expect(index.size).toBe(2);
      expect(await idsNear(at(20), 5)).toEqual([1, 3]);
    });

    it('finds again what was removed and put again', async () => {
      await index.put([{ id: 1, vector: at(0) }]);
      await index.remove([1]);

      await index.put([{ id: 1, vector: at(30) }]);

      expect(index.size).toBe(1);
      expect(await idsNear(at(0), 5)).toEqual([1]);
    });

    it('is empty after everything was removed', async () => {
      await index.put([1, 2].map((id) => ({ id, vector: at(id) })));

      await index.remove([1, 2]);

      expect(index.size).toBe(0);
      expect(await idsNear(at(1), 5)).toEqual([]);
    });

    it('finds only what it is told to look among', async () => {
      await index.put([1, 2, 3, 4, 5].map((id) => ({ id, vector: at(10 * id) })));

      const found = await index.search({ vector: at(0), limit: 2, among: idSet([5, 3, 99, 4]) });

      expect(found.map(({ id }) => id)).toEqual([3, 4]);
    });

    it('finds nothing among no ids, and of removed ones', async () => {
      await index.put([1, 2].map((id) => ({ id, vector: at(10 * id) })));
      await index.remove([2]);

      const none = await index.search({ vector: at(0), limit: 2, among: idSet([]) });
      const removed = await index.search({ vector: at(0), limit: 2, among: idSet([2]) });

      expect([none, removed]).toEqual([[], []]);
    });

    it('says how many vectors it compared, and finds what search finds', async () => {
      await index.put([1, 2, 3].map((id) => ({ id, vector: at(10 * id) })));
      const query = { vector: at(0), limit: 2 };

      const { neighbors, scanned } = await index.find(query);

      expect(neighbors).toEqual(await index.search(query));
      expect(scanned).toBeGreaterThanOrEqual(2);
    });

    it('takes large ids', async () => {
      const id = 2 ** 40 + 1;

      await index.put([{ id, vector: at(0) }]);

      expect(await idsNear(at(0), 1)).toEqual([id]);
    });

    it.each([
      ['too short', vectorOf(1, 2), 'A vector must have 3 numbers, but got: 2.'],
      ['too long', vectorOf(1, 2, 3, 4), 'A vector must have 3 numbers, but got: 4.'],
      ['not a number', vectorOf(1, Number.NaN, 0), 'A vector must have finite numbers only'],
      ['infinite', vectorOf(Number.POSITIVE_INFINITY, 0, 0), 'A vector must have finite numbers'],
      ['zero', vectorOf(0, 0, 0), 'A vector must have a direction, but got: zero.'],
    ])('refuses a vector that is %s, with the ones beside it', async (_, vector, message) => {
      const put = index.put([
        { id: 1, vector: at(0) },
        { id: 2, vector },
      ]);

      await expect(put).rejects.toThrow(message);
      await expect(index.search({ vector, limit: 1 })).rejects.toMatchObject({
        code: 'VECTOR_INVALID',
      });
      expect(index.size).toBe(0);
    });

    it('answers while vectors are being put', async () => {
      const puts = Array.from({ length: 20 }, (_, i) => index.put([{ id: i, vector: at(i) }]));

      const ids = await idsNear(at(0), 20);

      await Promise.all(puts);
      expect(ids.length).toBeGreaterThan(0);
      expect(await idsNear(at(0), 30)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    });

    it('has after a reopening what it had before', async () => {
      await index.put(Array.from({ length: 40 }, (_, id) => ({ id, vector: at(id) })));
      await index.remove([5, 6]);
      await index.put([{ id: 7, vector: at(170) }]);
      const before = await index.search({ vector: at(3), limit: 50 });

      opened = await opened.reopen();
      index = opened.index;

      expect(index.size).toBe(38);
      expect(await index.search({ vector: at(3), limit: 50 })).toEqual(before);
    });
  });
}
