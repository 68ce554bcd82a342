import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeDocument } from '../../../src/ner/decoder.ts';
import { decodeLedger, encodeLedger, keepWindow } from '../../../src/ner/ledger.ts';
import { compareMentions } from '../../../src/ner/mention-order.ts';
import { scoreLedger } from '../../../src/ner/score-ledger.ts';
import { askTypes, scoreWindow, spanScore, typeThreshold } from '../../../src/ner/scorer.ts';
import { edgesInWindow, windowsOf } from '../../../src/text/windows.ts';
import { wordEdges } from '../../../src/text/words.ts';
import {
  randomHead,
  randomNumbers,
  randomRow,
  randomUnit,
} from '../../support/ner/random-window.ts';
import { anyText } from '../../support/text/any-text.ts';
import { openTinyTokenizer } from '../../support/text/tiny-tokenizer.ts';

const tokenizer = openTinyTokenizer();
const size = 6;
const sizes = { windowTokens: 16, overlapTokens: 6 };

/** Reads a text with a head and rows of random numbers in place of an encoder. */
async function read(text: string, seed: number, offsets = [0, 0]) {
  const random = randomNumbers(seed);
  const head = randomHead(random, { size, widths: 16, maxSpanTokens: 6 });
  const types = [randomUnit(random, size), randomUnit(random, size)];
  const encoding = await tokenizer.encode(text);
  const edges = wordEdges(text, encoding);
  const windows = windowsOf(encoding.ids.length, sizes).map((window) => {
    const { starts, ends } = edgesInWindow(edges, window);
    const rows = {
      starts,
      ends,
      startRows: randomRow(random, starts.length * size),
      endRows: randomRow(random, ends.length * size),
      clsRows: randomRow(random, 2 * size),
    };
    const before = window.firstToken - 1;
    return keepWindow(rows, {
      startOf: (position) => encoding.starts[before + position]!,
      endOf: (position) => encoding.ends[before + position]!,
    });
  });
  const scored = windows.map((window) => scoreWindow(head, window, askTypes(head, types, offsets)));
  const accepted = scored.map((window) => window.accepted);
  const ledger = encodeLedger(windows, size);
  return { head, types, windows: scored, ledger, mentions: decodeDocument(accepted, ['A', 'B']) };
}

describe('decodeDocument', () => {
  it('gives each mention once, in reading order, at the edges of words', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.nat(), async (text, seed) => {
        const { mentions } = await read(text, seed);

        const keys = mentions.map(({ start, end, type }) => [start, end, type] as const);
        const sorted = keys.toSorted(
          (a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1),
        );
        expect(keys).toEqual(sorted);
        expect(new Set(keys.map((key) => key.join(' '))).size).toBe(keys.length);
        for (const { start, end } of mentions)
          expect(text.slice(start, end)).toMatch(/^\S(.*\S)?$/su);
      }),
    );
  });

  it('gives margins above 0 that follow from the kept vectors', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.nat(), async (text, seed) => {
        const { head, types, windows, mentions } = await read(text, seed);

        for (const { type, score, threshold, margin, window, vector } of mentions) {
          const typeVector = types[type === 'A' ? 0 : 1]!;
          const { thresholdVector } = windows[window]!;
          expect(score).toBe(spanScore(head, vector, typeVector));
          expect(threshold).toBe(typeThreshold(head, thresholdVector, typeVector));
          expect(margin).toBe(score - threshold);
          expect(margin).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('gives the same from the ledger, together, alone and in another order', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.nat(), async (text, seed) => {
        const { head, types, ledger, mentions } = await read(text, seed);
        const fromLedger = (asked: readonly number[]) =>
          scoreLedger(head, ledger, {
            ...askTypes(
              head,
              asked.map((type) => types[type]!),
              asked.map(() => 0),
            ),
            names: asked.map((type) => ['A', 'B'][type]!),
          });

        expect(fromLedger([0, 1])).toEqual(mentions);
        expect(fromLedger([1, 0])).toEqual(mentions);
        expect(fromLedger([0])).toEqual(mentions.filter(({ type }) => type === 'A'));
        expect(fromLedger([1])).toEqual(mentions.filter(({ type }) => type === 'B'));
      }),
    );
  });

  it('reads of a ledger that is cut off nothing', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.nat(), fc.nat(), async (text, seed, at) => {
        const { ledger } = await read(text, seed);

        expect(decodeLedger(ledger.subarray(0, at % ledger.length), size)).toBeNull();
        expect(decodeLedger(ledger, size + 1)).toBeNull();
      }),
    );
  });

  it('with higher offsets, keeps exactly the mentions whose margins are above them', async () => {
    const anOffset = fc.double({ min: -6, max: 6, noNaN: true });
    const lowAndHigh = fc
      .tuple(anOffset, anOffset)
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
    await fc.assert(
      fc.asyncProperty(anyText, fc.nat(), lowAndHigh, lowAndHigh, async (text, seed, a, b) => {
        const low = await read(text, seed, [a[0]!, b[0]!]);

        const high = await read(text, seed, [a[1]!, b[1]!]);

        const expected = low.mentions.filter(
          ({ type, margin }) => margin > (type === 'A' ? a[1]! : b[1]!),
        );
        expect(high.mentions).toEqual(expected.toSorted(compareMentions));
      }),
    );
  });
});
