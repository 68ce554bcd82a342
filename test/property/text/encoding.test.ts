import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pieceStarts } from '../../../src/text/pieces.ts';
import { edgesInWindow, windowsOf } from '../../../src/text/windows.ts';
import { wordEdges } from '../../../src/text/words.ts';
import { anyString } from '../../support/text/any-text.ts';
import { openTinyTokenizer } from '../../support/text/tiny-tokenizer.ts';

const tokenizer = openTinyTokenizer();

describe('encode', () => {
  it('gives tokens in order that do not overlap, but for those of one character', async () => {
    await fc.assert(
      fc.asyncProperty(anyString, async (text) => {
        const { starts, ends } = await tokenizer.encode(text);

        for (let i = 0; i < starts.length; i += 1) {
          const isSameCharacter = starts[i] === starts[i - 1] && ends[i] === ends[i - 1];
          expect(starts[i]! >= (ends[i - 1] ?? 0) || isSameCharacter).toBe(true);
          expect(ends[i]).toBeGreaterThan(starts[i]!);
          expect(ends[i]).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });

  it('cuts no character of two units', async () => {
    await fc.assert(
      fc.asyncProperty(anyString, async (text) => {
        const { starts, ends } = await tokenizer.encode(text);

        for (const offset of [...starts, ...ends])
          expect(/^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(offset - 1, offset + 1))).toBe(
            false,
          );
      }),
    );
  });

  it('gives the tokens of the whole from its pieces', async () => {
    await fc.assert(
      fc.asyncProperty(anyString, fc.integer({ min: 1, max: 9 }), async (text, chars) => {
        const whole = await tokenizer.encode(text);
        const starts = pieceStarts(text, chars);
        const pieces = await tokenizer.encodeAll(
          starts.map((start, i) => text.slice(start, starts[i + 1])),
        );

        expect(pieces.flatMap(({ ids }) => Array.from(ids))).toEqual(Array.from(whole.ids));
        expect(
          pieces.flatMap((piece, i) => Array.from(piece.starts, (start) => start + starts[i]!)),
        ).toEqual(Array.from(whole.starts));
      }),
    );
  });
});

describe('wordEdges', () => {
  it('gives every span of characters at most one span of tokens', async () => {
    await fc.assert(
      fc.asyncProperty(anyString, async (text) => {
        const encoding = await tokenizer.encode(text);
        const edges = wordEdges(text, encoding);

        const starts = Array.from(encoding.starts).filter((_, i) => edges.starts[i] === 1);
        const ends = Array.from(encoding.ends).filter((_, i) => edges.ends[i] === 1);

        expect(new Set(starts).size).toBe(starts.length);
        expect(new Set(ends).size).toBe(ends.length);
      }),
    );
  });
});

const anySizes = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 40 }))
  .map(([advance, overlapTokens]) => ({
    windowTokens: overlapTokens + advance + 2,
    overlapTokens,
  }));

describe('windowsOf', () => {
  it('covers every token with windows that fit and share what they must', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), anySizes, (tokens, sizes) => {
        const windows = windowsOf(tokens, sizes);

        expect(windows[0]!.firstToken).toBe(0);
        expect(windows.at(-1)!.endToken).toBe(tokens);
        windows.forEach(({ firstToken, endToken }, i) => {
          expect(endToken - firstToken).toBeLessThanOrEqual(sizes.windowTokens - 2);
          expect(endToken).toBeGreaterThan(firstToken);
          const next = windows[i + 1];
          if (next !== undefined) expect(endToken - next.firstToken).toBe(sizes.overlapTokens);
        });
      }),
    );
  });

  it('has a window around every run of tokens that is one longer than the overlap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), anySizes, (tokens, sizes) => {
        const windows = windowsOf(tokens, sizes);

        for (let first = 0; first < tokens; first += 1) {
          const end = Math.min(tokens, first + sizes.overlapTokens + 1);
          expect(windows.some((w) => w.firstToken <= first && end <= w.endToken)).toBe(true);
        }
      }),
    );
  });

  it('uses no window that it can do without', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), anySizes, (tokens, sizes) => {
        const count = windowsOf(tokens, sizes).length;

        const longest = sizes.windowTokens - 2;
        const reach = (windows: number): number =>
          windows * (longest - sizes.overlapTokens) + sizes.overlapTokens;
        expect(reach(count)).toBeGreaterThanOrEqual(tokens);
        expect(count === 1 || reach(count - 1) < tokens).toBe(true);
      }),
    );
  });
});

describe('edgesInWindow', () => {
  it('puts every candidate of the document whole into some window', () => {
    const masks = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(masks, masks, anySizes, (startMask, endMask, sizes) => {
        const tokens = Math.min(startMask.length, endMask.length);
        const edges = {
          starts: Uint8Array.from(startMask.slice(0, tokens)),
          ends: Uint8Array.from(endMask.slice(0, tokens)),
        };
        const found = new Set<string>();
        for (const window of windowsOf(tokens, sizes)) {
          const inWindow = edgesInWindow(edges, window);
          for (const start of inWindow.starts)
            for (const end of inWindow.ends)
              found.add(`${start + window.firstToken - 1} ${end + window.firstToken - 1}`);
        }

        for (let first = 0; first < tokens; first += 1)
          for (let last = first; last < Math.min(tokens, first + sizes.overlapTokens); last += 1)
            if (edges.starts[first] === 1 && edges.ends[last] === 1)
              expect(found).toContain(`${first} ${last}`);
      }),
    );
  });
});
