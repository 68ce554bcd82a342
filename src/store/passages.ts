/**
 * The parts of a text to show of what was found in it: those with the most different words found.
 *
 * Units: UTF-16 code units, [start, end).
 */
import type { Span } from '../core/span.ts';

/** A part of a text, with what was found in it. */
export interface Passage extends Span {
  readonly text: string;
  readonly matches: readonly Span[];
}

/** How many passages to give, and how long. */
export interface PassageOptions {
  readonly count: number;
  /** About so long: a passage begins and ends between words, and a longer match is not cut. */
  readonly chars: number;
}

/** What is before and after each match, and which passages to give. */
export interface MarkedPassages extends PassageOptions {
  readonly marks: readonly [string, string];
}

/** What was found in a document. */
export interface FoundInDocument {
  readonly title: readonly Span[];
  /** How many places of the text match. */
  readonly matches: number;
  readonly passages: readonly Passage[];
}

/** A text that has marks before and after what was found, without them. */
export function readMarked(
  marked: string,
  [open, close]: readonly [string, string],
): { text: string; matches: Span[] } {
  const [before = '', ...parts] = marked.split(open);
  let text = before;
  const matches = parts.map((part) => {
    const [found = '', after = ''] = part.split(close);
    const start = text.length;
    text += found + after;
    return { start, end: start + found.length };
  });
  return { text, matches };
}

/** Neighbouring matches: how many different ones, and how many. */
interface Group {
  readonly first: number;
  readonly last: number;
  readonly different: number;
}

const isBetter = (a: Group, b: Group | undefined): boolean =>
  b === undefined ||
  a.different > b.different ||
  (a.different === b.different && a.last - a.first > b.last - b.first);

/** The best of the groups that are at most so long, the first of equal ones. */
function bestGroup(matches: readonly Span[], words: readonly string[], chars: number) {
  const seen = new Map<string, number>();
  let best: Group | undefined;
  let last = -1;
  for (const [first, match] of matches.entries()) {
    while (last < first || (matches[last + 1]?.end ?? Infinity) - match.start <= chars) {
      last += 1;
      seen.set(words[last]!, (seen.get(words[last]!) ?? 0) + 1);
    }
    const group = { first, last, different: seen.size };
    if (isBetter(group, best)) best = group;
    const left = (seen.get(words[first]!) ?? 1) - 1;
    if (left === 0) seen.delete(words[first]!);
    else seen.set(words[first]!, left);
  }
  return best;
}

/** Groups of matches, the best ones, in reading order. */
function chooseGroups(text: string, all: readonly Span[], { count, chars }: PassageOptions) {
  const chosen: (readonly Span[])[] = [];
  let rest = [all];
  while (chosen.length < count) {
    const candidates = rest.map((matches) => {
      const words = matches.map(({ start, end }) => text.slice(start, end).toLowerCase());
      return { matches, group: bestGroup(matches, words, chars) };
    });
    let best: (typeof candidates)[number] | undefined;
    for (const each of candidates) {
      if (each.group && isBetter(each.group, best?.group)) best = each;
    }
    if (!best?.group) break;
    const { matches, group } = best;
    chosen.push(matches.slice(group.first, group.last + 1));
    const parts = [matches.slice(0, group.first), matches.slice(group.last + 1)];
    rest = rest.flatMap((each) => (each === matches ? parts : [each]));
  }
  return chosen.sort((a, b) => a[0]!.start - b[0]!.start);
}

const isInsidePair = (text: string, offset: number): boolean =>
  /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(offset - 1, offset + 1));

/** Where a passage may begin: after the first white space of a text that has one there. */
function beginOf(text: string, from: number, to: number): number {
  if (from === 0 || /\s/.test(text.charAt(from - 1))) return from;
  const gap = text.slice(from, to).search(/\s/);
  if (gap >= 0) return from + gap + 1;
  return isInsidePair(text, from) ? from + 1 : from;
}

/** Where a passage may end: before the last white space of a text that has one there. */
function endOf(text: string, from: number, to: number): number {
  if (to >= text.length || /\s/.test(text.charAt(to))) return Math.min(text.length, to);
  const gap = text.slice(from, to).search(/\s\S*$/);
  if (gap >= 0) return from + gap;
  return isInsidePair(text, to) ? to - 1 : to;
}

/** The best passages of a text, in reading order; none overlaps another. */
export function passagesOf(
  text: string,
  matches: readonly Span[],
  options: PassageOptions,
): Passage[] {
  const groups = chooseGroups(text, matches, options);
  let floor = 0;
  return groups.map((group, i) => {
    const first = group[0]!.start;
    const last = group.at(-1)!.end;
    const around = Math.max(0, options.chars - (last - first)) / 2;
    const start = beginOf(text, Math.max(floor, Math.floor(first - around)), first);
    const ceiling = groups[i + 1]?.[0]?.start ?? text.length;
    const end = endOf(text, last, Math.min(ceiling, Math.ceil(last + around)));
    floor = end;
    return { start, end, text: text.slice(start, end), matches: group };
  });
}
