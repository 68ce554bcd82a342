/**
 * The ledger of a document: for each of its windows everything from which any type, of today or of
 * later, is scored exactly and without the encoder, as one block of bytes. It holds the rows a_i at word
 * starts, b_j at word ends and both at [CLS], in half precision, and where these words are in the window
 * and in the text.
 *
 * Layout, little-endian: eight 32-bit numbers (mark, version, E, windows, starts, ends, bytes, 0);
 * numbers of starts and ends of each window and, of all windows in turn, the offsets in the text of
 * starts and ends (32 bits); positions of starts and ends in their windows, and the rows at [CLS], of
 * starts and of ends (16 bits).
 * Invariant: what was decoded scores as what was encoded, bit for bit.
 */
import { encodeFloat16 } from '../core/float16.ts';
import type { LedgerWindow } from './scorer.ts';

/** What the encoder makes of one window. */
export interface WindowRows {
  /** Tokens that may start a mention, ascending. Units: positions in the window, [CLS] is 0. */
  readonly starts: Int32Array;
  /** Tokens that may end one. */
  readonly ends: Int32Array;
  /** a at each start. Shapes: [starts, E]. */
  readonly startRows: Float32Array;
  /** b at each end. Shapes: [ends, E]. */
  readonly endRows: Float32Array;
  /** a and b at [CLS]. Shapes: [2, E]. */
  readonly clsRows: Float32Array;
}

/** Where the tokens of a window are in the text, by position in the window from 1. */
interface TokenOffsets {
  readonly startOf: (position: number) => number;
  readonly endOf: (position: number) => number;
}

/** A window whose rows have the precision in which they are kept. */
export type KeptWindow = LedgerWindow & {
  readonly startRows: Uint16Array;
  readonly endRows: Uint16Array;
  readonly clsRows: Uint16Array;
};

/** Rounds the rows of a window to what is kept of them. */
export const keepWindow = (
  { starts, ends, startRows, endRows, clsRows }: WindowRows,
  { startOf, endOf }: TokenOffsets,
): KeptWindow => ({
  starts,
  ends,
  startOffsets: starts.map(startOf),
  endOffsets: ends.map(endOf),
  startRows: encodeFloat16(startRows),
  endRows: encodeFloat16(endRows),
  clsRows: encodeFloat16(clsRows),
});

const mark = 0x474c5053;
const version = 1;
const headerNumbers = 8;

/** What a ledger says of itself. */
interface Header {
  readonly size: number;
  readonly windows: number;
  readonly starts: number;
  readonly ends: number;
}

const wordsOf = ({ windows, starts, ends }: Header): number =>
  headerNumbers + 2 * windows + starts + ends;

const halvesOf = ({ size, windows, starts, ends }: Header): number =>
  starts + ends + size * (2 * windows + starts + ends);

const bytesOf = (header: Header): number => 4 * wordsOf(header) + 2 * halvesOf(header);

const headerOf = (windows: readonly LedgerWindow[], size: number): Header => ({
  size,
  windows: windows.length,
  starts: windows.reduce((sum, { starts }) => sum + starts.length, 0),
  ends: windows.reduce((sum, { ends }) => sum + ends.length, 0),
});

/** Puts parts into an array, one after the other from a place on. */
function fill(
  target: Uint32Array | Uint16Array,
  from: number,
  parts: readonly ArrayLike<number>[],
): void {
  let place = from;
  for (const part of parts) {
    target.set(part, place);
    place += part.length;
  }
}

/** The ledger of a document's windows, in order, with rows of length `size`. */
export function encodeLedger(windows: readonly KeptWindow[], size: number): Uint8Array {
  const header = headerOf(windows, size);
  const { starts, ends } = header;
  const bytes = bytesOf(header);
  const buffer = new ArrayBuffer(bytes);
  fill(new Uint32Array(buffer, 0, wordsOf(header)), 0, [
    [mark, version, size, windows.length, starts, ends, bytes, 0],
    windows.flatMap((window) => [window.starts.length, window.ends.length]),
    ...windows.map(({ startOffsets }) => startOffsets),
    ...windows.map(({ endOffsets }) => endOffsets),
  ]);
  fill(new Uint16Array(buffer, 4 * wordsOf(header)), 0, [
    ...windows.map((window) => window.starts),
    ...windows.map((window) => window.ends),
    ...windows.map(({ clsRows }) => clsRows),
    ...windows.map(({ startRows }) => startRows),
    ...windows.map(({ endRows }) => endRows),
  ]);
  return new Uint8Array(buffer);
}

/** Takes views of so many numbers off the front. */
const reader = <Numbers extends Uint32Array | Uint16Array>(numbers: Numbers, from = 0) => {
  let place = from;
  return (count: number): Numbers => {
    place += count;
    return numbers.subarray(place - count, place) as Numbers;
  };
};

/** The header of what is a ledger of rows of this length, else null. */
function readHeader(bytes: Uint8Array, size: number): Header | null {
  if (bytes.byteLength < 4 * headerNumbers) return null;
  const numbers = new Uint32Array(bytes.buffer, bytes.byteOffset, headerNumbers);
  const [found, foundVersion, foundSize, windows = 0, starts = 0, ends = 0, length] = numbers;
  const header = { size, windows, starts, ends };
  const isOurs = found === mark && foundVersion === version && foundSize === size;
  return isOurs && length === bytes.byteLength && bytesOf(header) === length ? header : null;
}

const isAligned = (bytes: Uint8Array): boolean => bytes.byteOffset % 4 === 0;

/**
 * The windows of a ledger whose rows have this length, as views of its bytes; null when it is none: cut
 * off, of another version or another model's.
 */
export function decodeLedger(ledger: Uint8Array, size: number): KeptWindow[] | null {
  const bytes = isAligned(ledger) ? ledger : ledger.slice();
  const header = readHeader(bytes, size);
  if (!header) return null;
  const words = wordsOf(header);
  const takeWords = reader(new Uint32Array(bytes.buffer, bytes.byteOffset, words), headerNumbers);
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset + 4 * words, halvesOf(header));
  const takeHalves = reader(halves);
  const counts = takeWords(2 * header.windows);
  const each = <Part>(take: (starts: number, ends: number) => Part): Part[] =>
    Array.from({ length: header.windows }, (_, i) => take(counts[2 * i]!, counts[2 * i + 1]!));
  const startOffsets = each((starts) => takeWords(starts));
  const endOffsets = each((_, ends) => takeWords(ends));
  const starts = each((count) => takeHalves(count));
  const ends = each((_, count) => takeHalves(count));
  const clsRows = each(() => takeHalves(2 * size));
  const startRows = each((count) => takeHalves(count * size));
  const endRows = each((_, count) => takeHalves(count * size));
  return each(() => 0).map((_, i) => ({
    starts: starts[i]!,
    ends: ends[i]!,
    startOffsets: startOffsets[i]!,
    endOffsets: endOffsets[i]!,
    clsRows: clsRows[i]!,
    startRows: startRows[i]!,
    endRows: endRows[i]!,
  }));
}
