import { describe, expect, it } from '@jest/globals';
import { edgesInWindow, windowsOf } from '../../../src/text/windows.ts';

const sizes = { windowTokens: 12, overlapTokens: 4 };

describe('windowsOf', () => {
  it('gives a document without tokens no window', () => {
    expect(windowsOf(0, sizes)).toEqual([]);
  });

  it('gives a document that fits one window', () => {
    expect(windowsOf(10, sizes)).toEqual([{ firstToken: 0, endToken: 10 }]);
  });

  it('spreads a longer one evenly', () => {
    expect(windowsOf(12, sizes)).toEqual([
      { firstToken: 0, endToken: 8 },
      { firstToken: 4, endToken: 12 },
    ]);
  });

  it('refuses windows that do not advance', () => {
    expect(() => windowsOf(12, { windowTokens: 6, overlapTokens: 4 })).toThrow('advance');
  });
});

describe('edgesInWindow', () => {
  it('gives positions where [CLS] is 0', () => {
    const edges = { starts: Uint8Array.of(1, 0, 1, 1, 0), ends: Uint8Array.of(0, 1, 1, 0, 1) };

    const inWindow = edgesInWindow(edges, { firstToken: 1, endToken: 4 });

    expect(Array.from(inWindow.starts)).toEqual([2, 3]);
    expect(Array.from(inWindow.ends)).toEqual([1, 2]);
  });
});
