/**
 * A document's extraction as the command line prints it.
 */
import { codePointStarts, codePointsBefore } from '../core/code-points.ts';
import { pageNumber } from '../core/page-starts.ts';
import { quote } from '../core/quote.ts';
import type { LinePlace } from '../formats/lines.ts';
import type { DroppedText, SourceDocument } from '../formats/source-document.ts';
import type { Coverage, Extraction } from '../ner/extractor.ts';
import { type OverlapPolicy, resolveOverlap } from '../ner/overlap.ts';
import { printedPlace } from './printed-place.ts';

/** How offsets count: UTF-16 code units (JavaScript, Java) or Unicode code points (Python). */
export type OffsetUnit = 'utf16' | 'code-points';

/** A mention as a line of JSON has it. */
export interface PrintedMention {
  readonly start: number;
  readonly end: number;
  /** Number of the page that it begins on, from 1; null for a text without pages. */
  readonly page: number | null;
  readonly type: string;
  readonly text: string;
  readonly score: number;
  readonly threshold: number;
  readonly margin: number;
  /** 0 to 1; null when the model was not calibrated. */
  readonly confidence: number | null;
}

/** How much was read: of the text, and of the file that it is of. */
export interface PrintedCoverage extends Coverage {
  /** What the file holds beside the text. */
  readonly droppedOfFile: readonly DroppedText[];
}

/** A document as a line of JSON has it. */
export interface PrintedExtraction {
  readonly file: string;
  readonly line: number;
  readonly id: string | null;
  /** Where its pages begin, in the same unit as the mentions; null for a text without pages. */
  readonly pageStarts: readonly number[] | null;
  readonly mentions: readonly PrintedMention[];
  /** Offsets of dropped parts are in the same unit; characters are UTF-16 code units. */
  readonly coverage: PrintedCoverage;
}

/** Offsets of a text in another unit. Cost: one pass over the text, if it has any long characters. */
function offsetsIn(text: string, unit: OffsetUnit): (offset: number) => number {
  const starts = unit === 'utf16' ? null : codePointStarts(text);
  if (starts === null) return (offset) => offset;
  const codePoints = new Map(Array.from(starts, (start, codePoint) => [start, codePoint]));
  return (offset) => codePoints.get(offset) ?? codePointsBefore(text, offset);
}

/** What is printed of one document. */
export interface PrintOptions {
  readonly overlap: OverlapPolicy;
  readonly unit: OffsetUnit;
}

/** An extraction as printed. */
export function printedExtraction(
  { document, place }: { readonly document: SourceDocument; readonly place: LinePlace },
  { mentions, coverage }: Extraction,
  { overlap, unit }: PrintOptions,
): PrintedExtraction {
  const { text, externalId, dropped = [], pageStarts } = document;
  const offset = offsetsIn(text, unit);
  return {
    file: place.path,
    line: place.line,
    id: externalId ?? null,
    pageStarts: pageStarts?.map(offset) ?? null,
    mentions: resolveOverlap(mentions, overlap).map((mention) => ({
      start: offset(mention.start),
      end: offset(mention.end),
      page: pageStarts === undefined ? null : pageNumber(pageStarts, mention.start),
      type: mention.type,
      text: text.slice(mention.start, mention.end),
      score: mention.score,
      threshold: mention.threshold,
      margin: mention.margin,
      confidence: mention.confidence,
    })),
    coverage: {
      ...coverage,
      dropped: coverage.dropped.map((part) => ({
        ...part,
        start: offset(part.start),
        end: offset(part.end),
      })),
      droppedOfFile: dropped.map((part) => ({ ...part, at: offset(part.at) })),
    },
  };
}

/**
 * The line of JSON that `evaluate` and `train` read: {"id", "text", "entities"}, where an entity also
 * has its margin and confidence. Takes an extraction printed in code points.
 */
export const annotatedLine = (
  { file, line, id, pageStarts, mentions }: PrintedExtraction,
  text: string,
): object => ({
  id: id ?? `${file}:${line}`,
  text,
  entities: mentions.map(({ start, end, type, margin, confidence }) => ({
    start,
    end,
    type,
    margin,
    confidence,
  })),
  ...(pageStarts !== null && { pageStarts }),
});

/** A mention as a line for people: offsets, page if there is one, type, margin, confidence likewise, text. */
export function mentionLine(mention: PrintedMention): string {
  const { start, end, page, type, text, margin, confidence } = mention;
  const sureness = confidence === null ? '' : `  ${confidence.toFixed(2)}`;
  return `${printedPlace({ start, end, page })} ${type.padEnd(16)} ${margin.toFixed(2).padStart(6)}${sureness}  ${quote(text)}`;
}
