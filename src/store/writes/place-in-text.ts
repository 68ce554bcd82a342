/** Where a span of one version of a text is in another version. */
import type { Span } from '../../core/span.ts';

/** Two versions of a text. */
export interface TextVersions {
  readonly from: string;
  readonly to: string;
}

const wordCharacter = /[\p{L}\p{N}]/u;

/** Where a string is in a text by itself: not within a longer word. At most the first two. */
function occurrences(text: string, string: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(string); at >= 0 && found.length < 2; ) {
    const end = at + string.length;
    const isWithinWord =
      (wordCharacter.test(string.charAt(0)) && wordCharacter.test(text.charAt(at - 1))) ||
      (wordCharacter.test(string.charAt(string.length - 1)) &&
        wordCharacter.test(text.charAt(end)));
    if (!isWithinWord) found.push(at);
    at = text.indexOf(string, at + 1);
  }
  return found;
}

/**
 * The place of a span in the other version: where it was, if the same characters are there; else where they
 * are, if each version has them once, as whole words. Null when it cannot be told.
 */
export function placeInText({ start, end }: Span, { from, to }: TextVersions): Span | null {
  const string = from.slice(start, end);
  if (to.slice(start, end) === string) return { start, end };
  const [place, ...others] = occurrences(to, string);
  if (place === undefined || others.length > 0) return null;
  const [before, ...more] = occurrences(from, string);
  return before === start && more.length === 0
    ? { start: place, end: place + string.length }
    : null;
}
