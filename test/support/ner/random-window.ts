/**
 * Windows of random numbers, the same for the same seed.
 */
import { type KeptWindow, keepWindow, type WindowRows } from '../../../src/ner/ledger.ts';
import type { SpanHead } from '../../../src/ner/scorer.ts';
import { seededRandom } from '../vectors/random-vectors.ts';

/** A source of numbers in [0, 1). */
export const randomNumbers = seededRandom;

/** Numbers in [-1, 1). */
export const randomRow = (random: () => number, length: number): Float32Array =>
  Float32Array.from({ length }, () => random() * 2 - 1);

/** A unit vector. */
export function randomUnit(random: () => number, length: number): Float32Array {
  const row = randomRow(random, length);
  const norm = Math.hypot(...row);
  return row.map((value) => value / norm);
}

/** What may be chosen of a random head. */
interface HeadChoices {
  readonly size?: number;
  readonly widths?: number;
  readonly maxSpanTokens?: number;
}

/** A head with widths up to `widths` tokens. */
export function randomHead(random: () => number, choices: HeadChoices = {}): SpanHead {
  const { size = 8, widths = 40, maxSpanTokens = 30 } = choices;
  return {
    embeddingSize: size,
    widths: randomRow(random, (widths + 1) * size),
    logitScale: 14.3,
    thresholdShift: 0.4,
    maxSpanTokens,
  };
}

/** A window in which about two thirds of the tokens start, and end, a word. */
export function randomRows(random: () => number, tokens: number, size: number): WindowRows {
  const positions = (): Int32Array =>
    Int32Array.from({ length: tokens }, (_, i) => i + 1).filter(() => random() < 2 / 3);
  const starts = positions();
  const ends = positions();
  return {
    starts,
    ends,
    startRows: randomRow(random, starts.length * size),
    endRows: randomRow(random, ends.length * size),
    clsRows: randomRow(random, 2 * size),
  };
}

/** The same as the ledger keeps it: each token has three characters and a space. */
export const kept = (rows: WindowRows): KeptWindow =>
  keepWindow(rows, { startOf: (token) => 4 * token, endOf: (token) => 4 * token + 3 });
