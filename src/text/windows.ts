/**
 * A document as overlapping windows of tokens, because the encoder reads a bounded number at a time.
 *
 * Invariant: the windows cover every token, and every run of up to `overlapTokens` + 1 tokens lies
 * whole in one of them. Their bounds depend on nothing but the document's number of tokens.
 */
import { invariant } from '../core/invariant.ts';
import type { WordEdges } from './words.ts';

/** A run of a document's tokens: [firstToken, endToken), special tokens not counted. */
export interface Window {
  readonly firstToken: number;
  readonly endToken: number;
}

/** How a document is cut. */
export interface WindowSizes {
  /** Longest window, its [CLS] and [SEP] included. */
  readonly windowTokens: number;
  /** Tokens that neighbouring windows share. */
  readonly overlapTokens: number;
}

/** The tokens that every window has besides its text: [CLS] before, [SEP] behind. */
export const specialTokensPerWindow = 2;

/**
 * As few windows as possible, all of the same length but for one token, so that none is a short rest
 * whose words have little context and no token is encoded more often than the overlap demands.
 */
export function windowsOf(tokens: number, sizes: WindowSizes): Window[] {
  const { windowTokens, overlapTokens } = sizes;
  const longest = windowTokens - specialTokensPerWindow;
  invariant(overlapTokens >= 0 && overlapTokens < longest, 'windows must advance');
  if (tokens === 0) return [];
  const count = Math.max(1, Math.ceil((tokens - overlapTokens) / (longest - overlapTokens)));
  const firstTokenOf = (window: number): number =>
    Math.floor((window * (tokens - overlapTokens)) / count);
  return Array.from({ length: count }, (_, i) => ({
    firstToken: i === 0 ? 0 : firstTokenOf(i),
    endToken: i === count - 1 ? tokens : firstTokenOf(i + 1) + overlapTokens,
  }));
}

/** Where mentions may start and end in one window. Units: positions in it, where [CLS] is 0. */
export interface WindowEdges {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** The word edges of a document that lie in a window, ascending. */
export function edgesInWindow(edges: WordEdges, window: Window): WindowEdges {
  const positions = (mask: Uint8Array): Int32Array => {
    const found: number[] = [];
    for (let token = window.firstToken; token < window.endToken; token += 1)
      if (mask[token] === 1) found.push(token - window.firstToken + 1);
    return Int32Array.from(found);
  };
  return { starts: positions(edges.starts), ends: positions(edges.ends) };
}
