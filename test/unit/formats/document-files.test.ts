import { describe, expect, it } from '@jest/globals';
import { inGroups } from '../../../src/formats/document-files.ts';
import { maxGroupChars } from '../../../src/formats/limits.ts';

async function* given<Item>(...items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

async function all<Item>(groups: AsyncIterable<Item[]>): Promise<Item[][]> {
  const found: Item[][] = [];
  for await (const group of groups) found.push(group);
  return found;
}

describe('inGroups', () => {
  it('gives groups of at most so many, in order', async () => {
    expect(await all(inGroups(given(1, 2, 3, 4, 5), 2))).toEqual([[1, 2], [3, 4], [5]]);
    expect(await all(inGroups(given(1, 2), 2))).toEqual([[1, 2]]);
    expect(await all(inGroups(given(), 2))).toEqual([]);
  });

  it('ends a group of long texts early', async () => {
    const half = maxGroupChars / 2;
    const lengths = given(half, half, 1, 2 * maxGroupChars, 1, 1, 1);

    const groups = await all(inGroups(lengths, 100, (length) => length));

    expect(groups).toEqual([
      [half, half],
      [1, 2 * maxGroupChars],
      [1, 1, 1],
    ]);
  });
});
