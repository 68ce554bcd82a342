/**
 * Lines at the top and bottom that pages have in common: the journal's name, the authors, the number
 * of the page. They would stand in the middle of sentences.
 */
import type { TextLine } from './reading-order.ts';

/** A page as far as it matters here. */
export interface PageLines {
  readonly height: number;
  readonly lines: readonly TextLine[];
}

/** Why a line is not read. */
export type HeadKind = 'RUNNING_HEAD' | 'PAGE_NUMBER';

/** Share of a page's height at its top and at its bottom. */
const marginShare = 0.12;
/** Share of the height by which places may differ. */
const placeTolerance = 0.015;
/** Heads of left and right pages differ, and the first page often has none. */
const minPagesShare = 0.3;

const pageNumber =
  /^(?:page )?[-\u2013\u2014|]? ?(?:#|[ivxl]+) ?[-\u2013\u2014|]?(?: ?(?:of|\/) ?#)?$/;

/** A line without what changes from page to page. */
const patternOf = (text: string): string =>
  text.toLowerCase().replace(/\d+/g, '#').replace(/\s+/g, ' ').trim();

const isInMargin = ({ y }: TextLine, height: number): boolean =>
  y > height * (1 - marginShare) || y < height * marginShare;

interface Place {
  readonly page: number;
  readonly at: number;
}

/** The lines of each page that are running heads, and of what kind. */
export function runningHeads(pages: readonly PageLines[]): ReadonlyMap<TextLine, HeadKind> {
  const places = new Map<string, Place[]>();
  pages.forEach(({ lines, height }, page) => {
    for (const line of lines) {
      if (!isInMargin(line, height)) continue;
      const pattern = patternOf(line.text);
      const known = places.get(pattern) ?? [];
      known.push({ page, at: line.y / height });
      places.set(pattern, known);
    }
  });
  const minPages = Math.max(2, Math.ceil(pages.length * minPagesShare));
  const heads = new Map<TextLine, HeadKind>();
  for (const { lines, height } of pages) {
    for (const line of lines) {
      if (!isInMargin(line, height)) continue;
      const pattern = patternOf(line.text);
      const isNear = ({ at }: Place): boolean => Math.abs(at - line.y / height) <= placeTolerance;
      const others = new Set((places.get(pattern) ?? []).filter(isNear).map(({ page }) => page));
      if (others.size < minPages) continue;
      heads.set(line, pageNumber.test(pattern) ? 'PAGE_NUMBER' : 'RUNNING_HEAD');
    }
  }
  return heads;
}
