/**
 * Lines in reading order as running text: lines of a paragraph with a blank between them, hyphens that a
 * line end made taken out, paragraphs apart.
 */
import { type Separator, TextBuilder } from '../text-builder.ts';
import type { TextLine } from './reading-order.ts';
import type { HeadKind } from './running-heads.ts';

/** A page's lines in reading order. */
export type OrderedPage = readonly TextLine[];

/** A text and where its pages begin. */
export interface JoinedPages {
  readonly builder: TextBuilder;
  readonly pageStarts: readonly number[];
}

/** In heights of a letter: lines of a paragraph are 1 to 1.5 apart. */
const paragraphGap = 1.75;
const otherSize = 0.15;
const indent = 0.8;

const endsSentence = (text: string): boolean => /[.!?:][)\]"'\u201d\u2019]*$/.test(text);

/** What stands between two lines, the second below or in the next column. */
function separatorOf(above: TextLine, below: TextLine): Separator {
  const height = Math.max(above.height, below.height);
  const fall = above.y - below.y;
  if (Math.abs(fall) < 0.5 * height && below.left >= above.right) return '\t';
  if (Math.abs(above.height - below.height) > otherSize * height) return '\n\n';
  if (fall < 0) return endsSentence(above.text) ? '\n' : ' ';
  if (fall > paragraphGap * height) return '\n\n';
  const isIndented = below.left - above.left > indent * height;
  return isIndented && endsSentence(above.text) ? '\n' : ' ';
}

const brokenWord = /(\p{L}+)[-\u00ad\u2010]$/u;
const compound = /\p{L}+-\p{L}+/gu;

/** Words that have a hyphen where no line ends: "well-known". */
function compoundsOf(pages: readonly OrderedPage[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { text } of pages.flat()) {
    for (const [word] of text.matchAll(compound)) found.add(word.toLowerCase());
  }
  return found;
}

/** What becomes of a hyphen at a line's end: undefined where there is none. */
function hyphenOf(
  above: string,
  below: string,
  compounds: ReadonlySet<string>,
): 'KEEP' | 'DROP' | undefined {
  const [, start] = brokenWord.exec(above) ?? [];
  if (start === undefined)
    return /[\p{L}\p{N}]-$/u.test(above) && /^[\p{L}\p{N}]/u.test(below) ? 'KEEP' : undefined;
  const [end] = /^\p{Ll}+/u.exec(below) ?? [];
  if (end === undefined) return /^[\p{L}\p{N}]/u.test(below) ? 'KEEP' : undefined;
  return compounds.has(`${start}-${end}`.toLowerCase()) ? 'KEEP' : 'DROP';
}

/** The text of all pages. */
export function joinPages(
  pages: readonly OrderedPage[],
  heads: ReadonlyMap<TextLine, HeadKind>,
): JoinedPages {
  const builder = new TextBuilder();
  const compounds = compoundsOf(pages);
  const starts: (number | undefined)[] = [];
  let above: TextLine | undefined;
  pages.forEach((page, at) => {
    for (const line of page) {
      const reason = heads.get(line);
      if (reason !== undefined) {
        builder.drop(reason, line.text);
        continue;
      }
      if (above === undefined) builder.add(line.text);
      else join(builder, { above, below: line, compounds });
      starts[at] ??= builder.length - line.text.length;
      above = line;
    }
  });
  return { builder, pageStarts: filled(starts, pages.length, builder.length) };
}

/** A page without text begins where the next one does. */
function filled(starts: readonly (number | undefined)[], pages: number, end: number): number[] {
  const all: number[] = [];
  let next = end;
  for (let at = pages - 1; at >= 0; at -= 1) {
    next = starts[at] ?? next;
    all.push(next);
  }
  return all.reverse();
}

interface Joint {
  readonly above: TextLine;
  readonly below: TextLine;
  readonly compounds: ReadonlySet<string>;
}

/** Adds a line to one that is there already. */
function join(builder: TextBuilder, { above, below, compounds }: Joint): void {
  const separator = separatorOf(above, below);
  const hyphen = separator === ' ' ? hyphenOf(above.text, below.text, compounds) : undefined;
  if (hyphen === 'DROP') builder.dropLast('LINE_END_HYPHEN');
  if (hyphen === undefined) builder.separate(separator);
  builder.add(below.text);
}
