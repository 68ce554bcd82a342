import { describe, expect, it } from '@jest/globals';
import { decodeLedger, encodeLedger, type KeptWindow } from '../../../src/ner/ledger.ts';
import { kept, randomNumbers, randomRows } from '../../support/ner/random-window.ts';

const random = randomNumbers(11);
const size = 5;

const someWindows = (): KeptWindow[] =>
  [9, 0, 20].map((tokens) => kept(randomRows(random, tokens, size)));

const numbers = (window: KeptWindow): number[][] =>
  [
    window.starts,
    window.ends,
    window.startOffsets,
    window.endOffsets,
    window.startRows,
    window.endRows,
    window.clsRows,
  ].map((values) => Array.from(values));

describe('encodeLedger and decodeLedger', () => {
  it('give back what was kept', () => {
    const windows = someWindows();

    const decoded = decodeLedger(encodeLedger(windows, size), size);

    expect(decoded?.map(numbers)).toEqual(windows.map(numbers));
  });

  it('give back no window of a document without one', () => {
    expect(decodeLedger(encodeLedger([], size), size)).toEqual([]);
  });

  it('read bytes that do not begin where numbers do', () => {
    const windows = someWindows();
    const ledger = encodeLedger(windows, size);
    const shifted = new Uint8Array(ledger.length + 1);
    shifted.set(ledger, 1);

    const decoded = decodeLedger(shifted.subarray(1), size);

    expect(decoded?.map(numbers)).toEqual(windows.map(numbers));
  });

  it.each([
    ['is cut off', (ledger: Uint8Array) => ledger.subarray(0, ledger.length - 2)],
    ['goes on', (ledger: Uint8Array) => Uint8Array.from([...ledger, 0, 0, 0, 0])],
    ['is empty', () => new Uint8Array()],
    ['has another mark', (ledger: Uint8Array) => ledger.map((byte, i) => (i === 0 ? 1 : byte))],
    [
      'is of another version',
      (ledger: Uint8Array) => ledger.map((byte, i) => (i === 4 ? 9 : byte)),
    ],
    ['has other counts', (ledger: Uint8Array) => ledger.map((byte, i) => (i === 16 ? 99 : byte))],
  ])('read nothing of what %s', (_, change) => {
    expect(decodeLedger(change(encodeLedger(someWindows(), size)), size)).toBeNull();
  });

  it('read nothing of rows of another length', () => {
    expect(decodeLedger(encodeLedger(someWindows(), size), size + 1)).toBeNull();
  });

  it('take two bytes a number and little more', () => {
    const windows = [kept(randomRows(random, 100, 128))];
    const [{ starts, ends }] = windows as [KeptWindow];

    const rows = 2 * 128 * (starts.length + ends.length + 2);

    const { length } = encodeLedger(windows, 128);
    expect(length / rows).toBeGreaterThan(1);
    expect(length / rows).toBeLessThan(1.05);
  });
});
