import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { coverageOf } from '../../../src/ner/coverage.ts';
import { anyString } from '../../support/text/any-text.ts';
import { openTinyTokenizer } from '../../support/text/tiny-tokenizer.ts';

const tokenizer = openTinyTokenizer();

describe('coverageOf', () => {
  it('splits the whole document into read and dropped', async () => {
    await fc.assert(
      fc.asyncProperty(anyString, async (text) => {
        const encoding = await tokenizer.encode(text);
        const { dropped, characters, charactersRead } = coverageOf(text, encoding, 1);

        const isLost = Array.from(text.split(''), () => true);
        encoding.starts.forEach((start, i) => {
          isLost.fill(false, start, encoding.ends[i]);
        });
        [...text.matchAll(/(?!\ufeff)\s/g)].forEach(({ index }) => {
          isLost[index] = false;
        });
        const isDropped = Array.from(isLost, () => false);
        for (const { start, end } of dropped) isDropped.fill(true, start, end);
        expect(isDropped).toEqual(isLost);
        expect(characters).toBe(text.length);
        expect(charactersRead).toBe(isLost.filter((lost) => !lost).length);
      }),
    );
  });

  it('drops in reading order without overlaps, neighbours for different reasons', async () => {
    await fc.assert(
      fc.asyncProperty(anyString, async (text) => {
        const { dropped } = coverageOf(text, await tokenizer.encode(text), 1);

        dropped.forEach((part, i) => {
          const before = dropped[i - 1];
          expect(part.end).toBeGreaterThan(part.start);
          if (before === undefined) return;
          expect(part.start).toBeGreaterThanOrEqual(before.end);
          if (part.start === before.end) expect(part.reason).not.toBe(before.reason);
        });
      }),
    );
  });
});
