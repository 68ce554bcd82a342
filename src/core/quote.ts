/**
 * Values of users as they may be shown: escaped and short.
 */
import { excerpt } from './excerpt.ts';

const maxQuotedChars = 80;

/** JSON where there is any; a large integer or a value that refers to itself has none. */
function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

/** The value as escaped JSON, at most 80 characters of it: safe in a message, a log and a terminal. */
export function quote(value: unknown): string {
  const text = toJson(
    typeof value === 'string' ? value.slice(0, maxQuotedChars + 1) : value,
  ).replace(
    // What JSON leaves as it is though it controls a terminal, hides, or turns the writing direction.
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  if (text.length <= maxQuotedChars + 2) return text;
  return `${excerpt(text, maxQuotedChars)}…`;
}
