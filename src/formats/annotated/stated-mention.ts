/**
 * Mentions as files state them, and what their offsets count.
 *
 * Most annotated corpora count Unicode code points (PubTator, brat, BioC as NCBI writes it). Programs in
 * Java count UTF-16 code units, the first BioC tools UTF-8 bytes. A file seldom says which, but says
 * the text of each mention: the unit in which all mentions of a document have their stated texts is the
 * one that was meant, code points first. Where no texts are stated, offsets count code points.
 */
import { codePointStarts } from '../../core/code-points.ts';
import { type AppError, appError } from '../../core/errors.ts';
import { invariant } from '../../core/invariant.ts';
import { maxMentions } from '../limits.ts';
import type { ImportedMention } from '../source-document.ts';

/** A mention with offsets of some unit. */
export interface StatedMention {
  readonly start: number;
  readonly end: number;
  readonly type: string;
  readonly concept?: string | undefined;
  /** What the file says its text is. */
  readonly text?: string | undefined;
  readonly line: number;
}

/** What offsets may count. */
export type OffsetUnit = 'code points' | 'UTF-16' | 'UTF-8';

const units: readonly OffsetUnit[] = ['code points', 'UTF-16', 'UTF-8'];

/** Offsets of a text in a unit as UTF-16; undefined for one inside a character or outside the text. */
export function utf16Offsets(
  text: string,
  unit: OffsetUnit,
): (offset: number) => number | undefined {
  const starts = codePointStarts(text);
  if (unit === 'UTF-8') return utf8Offsets(text);
  if (unit === 'code points' && starts !== null) return (offset) => starts[offset];
  const isLow = (at: number): boolean =>
    /[\udc00-\udfff]/.test(text[at] ?? '') && /[\ud800-\udbff]/.test(text[at - 1] ?? '');
  return (offset) =>
    Number.isInteger(offset) && offset >= 0 && offset <= text.length && !isLow(offset)
      ? offset
      : undefined;
}

function utf8Offsets(text: string): (offset: number) => number | undefined {
  const table = new Int32Array(Buffer.byteLength(text) + 1).fill(-1);
  let byte = 0;
  for (let unit = 0; unit < text.length; ) {
    table[byte] = unit;
    const codePoint = text.codePointAt(unit) ?? 0;
    byte += utf8Length(codePoint);
    unit += codePoint > 0xffff ? 2 : 1;
  }
  table[byte] = text.length;
  return (offset) => {
    const unit = table[offset] ?? -1;
    return unit < 0 ? undefined : unit;
  };
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

/** UTF-16 offsets of a text as code points. */
export function toCodePoints(text: string): (unit: number) => number {
  const starts = codePointStarts(text);
  if (starts === null) return (unit) => unit;
  const codePoints = new Map(Array.from(starts, (unit, at) => [unit, at]));
  return (unit) => {
    const codePoint = codePoints.get(unit);
    invariant(codePoint !== undefined, 'a mention has its edges between characters');
    return codePoint;
  };
}

/** Length of a text in a unit. */
export function lengthIn(text: string, unit: OffsetUnit): number {
  if (unit === 'UTF-16') return text.length;
  if (unit === 'UTF-8') return Buffer.byteLength(text);
  const starts = codePointStarts(text);
  return starts === null ? text.length : starts.length - 1;
}

/** The error of a document with more mentions than are held in memory. */
export const tooManyMentions = (path: string): AppError =>
  appError('FILE_TOO_COMPLEX', { path, what: 'mentions of one document', max: maxMentions });

/** White space compares as equal: a line of a file cannot hold a line break or a tab. */
export const onOneLine = (text: string): string => text.replace(/\s/g, ' ');

function sliceOf(text: string, mention: StatedMention, at: (offset: number) => number | undefined) {
  const [start, end] = [at(mention.start), at(mention.end)];
  return start === undefined || end === undefined || start >= end
    ? undefined
    : { start, end, text: text.slice(start, end) };
}

function fits(text: string, mention: StatedMention, at: (offset: number) => number | undefined) {
  const slice = sliceOf(text, mention, at);
  if (slice === undefined) return false;
  return mention.text === undefined || onOneLine(slice.text) === onOneLine(mention.text);
}

/** The unit in which every mention is where it says; undefined when there is none. */
export function unitOf(text: string, mentions: readonly StatedMention[]): OffsetUnit | undefined {
  return units.find((unit) => {
    const at = utf16Offsets(text, unit);
    return mentions.every((mention) => fits(text, mention, at));
  });
}

/** The mentions in a text, in UTF-16. Throws: ANNOTATION_MISMATCH, FILE_INVALID. */
export function placeMentions(
  text: string,
  mentions: readonly StatedMention[],
  path: string,
): ImportedMention[] {
  const unit = unitOf(text, mentions);
  const at = utf16Offsets(text, unit ?? 'code points');
  return mentions.map((mention) => {
    const { type, concept, line } = mention;
    const slice = sliceOf(text, mention, at);
    if (slice === undefined) {
      const rule = `a mention with 0 <= start < end <= ${lengthIn(text, 'code points')}, the text's code points`;
      const { start, end } = mention;
      throw appError('FILE_INVALID', { path, line, rule, value: { start, end } });
    }
    if (!fits(text, mention, at)) {
      const stated = mention.text ?? '';
      throw appError('ANNOTATION_MISMATCH', { path, line, stated, found: slice.text });
    }
    const { start, end } = slice;
    return { start, end, type, ...(concept !== undefined && { concept }) };
  });
}
