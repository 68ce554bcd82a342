import { describe, expect, it } from '@jest/globals';
import { meaningsByText, meaningsOfRows } from '../../../src/ner/meanings.ts';

/** Lengths of texts as vectors, which are views of one buffer; remembers what it was asked. */
function lengthSource() {
  const calls: (readonly string[])[] = [];
  return {
    calls,
    encodeMeanings: async (texts: readonly string[]) => {
      calls.push(texts);
      const all = Float32Array.from(texts, (text) => text.length);
      return texts.map((_, i) => all.subarray(i, i + 1));
    },
  };
}

describe('meaningsByText', () => {
  it('asks for some texts at once and keeps nothing but their vectors', async () => {
    const source = lengthSource();

    const meanings = await meaningsByText(source, ['a', 'bb', 'ccc'], 2);

    expect(source.calls).toEqual([['a', 'bb'], ['ccc']]);
    expect([...meanings]).toEqual([
      ['a', Float32Array.of(1)],
      ['bb', Float32Array.of(2)],
      ['ccc', Float32Array.of(3)],
    ]);
    expect([...meanings.values()].map(({ buffer }) => buffer.byteLength)).toEqual([4, 4, 4]);
  });
});

describe('meaningsOfRows', () => {
  it('pairs each id with the vector of its text', async () => {
    const rows = [
      { id: 7, text: 'aspirin' },
      { id: 3, text: 'pain' },
    ];

    expect(await meaningsOfRows(lengthSource(), rows)).toEqual([
      { id: 7, vector: Float32Array.of(7) },
      { id: 3, vector: Float32Array.of(4) },
    ]);
  });
});
