/**
 * Abbreviations that a text explains: "adriamycin (ADR)" or "ADR (adriamycin)".
 *
 * Source: Schwartz and Hearst 2003, A simple algorithm for identifying abbreviation definitions in
 *         biomedical text.
 */

/** A short form has 2 to 10 characters, at most two words, and a letter. */
const isShortForm = (text: string): boolean =>
  text.length >= 2 &&
  text.length <= 10 &&
  text.split(/\s+/).length <= 2 &&
  /\p{L}/u.test(text) &&
  /^[\p{L}\p{N}]/u.test(text);

const isWordCharacter = (character: string): boolean => /[\p{L}\p{N}]/u.test(character);

/**
 * The end of a text that a short form stands for, or null: its characters are found from right to left, and
 * the first one begins a word.
 */
function longFormOf(short: string, before: string): string | null {
  let at = before.length - 1;
  for (let i = short.length - 1; i >= 0; i -= 1) {
    const wanted = short.charAt(i).toLowerCase();
    if (!isWordCharacter(wanted)) continue;
    const begins = (place: number): boolean => i > 0 || !isWordCharacter(before.charAt(place - 1));
    while (at >= 0 && !(before.charAt(at).toLowerCase() === wanted && begins(at))) at -= 1;
    if (at < 0) return null;
    at -= 1;
  }
  const long = before.slice(at + 1).trim();
  const words = long.split(/\s+/).length;
  const isPlausible =
    long.length > short.length &&
    words <= Math.min(short.length + 5, short.length * 2) &&
    !long.split(/\s+/).includes(short);
  return isPlausible ? long : null;
}

/** What stands before a parenthesis, back to what ends a clause. */
const clauseBefore = (text: string, at: number): string =>
  text
    .slice(Math.max(0, at - 200), at)
    .split(/[.;:!?()[\]\n]\s?/)
    .at(-1)
    ?.trim() ?? '';

const parenthesis = /[([]([^()[\]]{2,200})[)\]]/g;

/** Long forms by the short forms that the text explains; of several explanations the first. */
export function abbreviationsIn(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const take = (short: string, long: string | null): void => {
    if (long !== null && !found.has(short)) found.set(short, long);
  };
  for (const match of text.matchAll(parenthesis)) {
    const inside = (match[1]?.split(/[;,] /)[0] ?? '').trim();
    const before = clauseBefore(text, match.index);
    if (isShortForm(inside)) take(inside, longFormOf(inside, before));
    const word = before.split(/\s+/).at(-1) ?? '';
    if (isShortForm(word) && inside.length > word.length) {
      const long = longFormOf(word, inside);
      // The whole of it, or it is a remark.
      if (long === inside) take(word, long);
    }
  }
  return found;
}
