/**
 * Where words start and end: the edges a mention may have. A word is a run of letters with their
 * combining marks, or a run of digits, or any other single character that is not white space.
 *
 * The rule was chosen by the share of annotated mentions that it can express; docs/words.md has the
 * figures and the rules it was compared with.
 */
import type { Span } from '../core/span.ts';
import type { Encoding } from './tokenizer.ts';

/** Which tokens may start and end a mention. Shapes: both [tokens], 1 for yes. */
export interface WordEdges {
  readonly starts: Uint8Array;
  readonly ends: Uint8Array;
}

const letter = 1;
const digit = 2;
const other = 0;

const asciiKinds = Uint8Array.from({ length: 128 }, (_, code) => kindOf(code));

function kindOf(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  if (/[\p{L}\p{M}]/u.test(character)) return letter;
  return /\p{N}/u.test(character) ? digit : other;
}

const kindAt = (codePoint: number): number => asciiKinds[codePoint] ?? kindOf(codePoint);

function codePointBefore(text: string, offset: number): number {
  const unit = text.charCodeAt(offset - 1);
  const isPair = unit >= 0xdc00 && unit <= 0xdfff && offset >= 2;
  const pair = isPair ? text.codePointAt(offset - 2)! : unit;
  return pair > 0xffff ? pair : unit;
}

/**
 * True when the characters on both sides of the offset do not belong to one word.
 *
 * Units: UTF-16 code units; the offset is not inside a character.
 */
export function isWordEdge(text: string, offset: number): boolean {
  if (offset === 0 || offset === text.length) return true;
  const kind = kindAt(codePointBefore(text, offset));
  return kind === other || kind !== kindAt(text.codePointAt(offset)!);
}

/**
 * The tokens that start and end at word edges. Of tokens made of one character (a Korean syllable
 * gives several) only the first may start and only the last may end a mention, so that a span of
 * characters has one span of tokens.
 */
export function wordEdges(text: string, encoding: Encoding): WordEdges {
  const { starts, ends } = encoding;
  return {
    starts: Uint8Array.from(starts, (start, token) =>
      Number(start !== starts[token - 1] && isWordEdge(text, start)),
    ),
    ends: Uint8Array.from(ends, (end, token) =>
      Number(end !== ends[token + 1] && isWordEdge(text, end)),
    ),
  };
}

const whiteSpace = /\s/u;

/** The words of a text, in order; white space is in none of them. Units: UTF-16 code units. */
export function wordSpans(text: string): Span[] {
  const words: Span[] = [];
  let start = -1;
  let kindBefore = other;
  for (let at = 0; at < text.length; ) {
    const codePoint = text.codePointAt(at)!;
    const size = codePoint > 0xffff ? 2 : 1;
    const kind = kindAt(codePoint);
    if (start >= 0 && kind !== kindBefore) {
      words.push({ start, end: at });
      start = -1;
    }
    if (kind !== other && start < 0) start = at;
    if (kind === other && !whiteSpace.test(text[at]!)) words.push({ start: at, end: at + size });
    kindBefore = kind;
    at += size;
  }
  if (start >= 0) words.push({ start, end: text.length });
  return words;
}
