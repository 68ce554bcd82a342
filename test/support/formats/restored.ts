/** What a file holds, from what was read of it and what was dropped. */
import type { DroppedText } from '../../../src/formats/source-document.ts';

export const withoutSpace = (text: string): string => text.replace(/\s+/g, '');

/** The text with what was dropped back at its place, without white space. */
export function restored(
  text: string,
  dropped: readonly Pick<DroppedText, 'at' | 'text'>[] = [],
): string {
  let at = 0;
  let whole = '';
  for (const part of dropped) {
    whole += text.slice(at, part.at) + part.text;
    at = part.at;
  }
  return withoutSpace(whole + text.slice(at));
}
