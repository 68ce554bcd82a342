/**
 * Long texts cut where a word-piece tokenizer cuts anyway, so that encoding the pieces gives exactly
 * the tokens of the whole: one call on megabytes is slower than many calls on pages, and runs on one
 * core only.
 */

/** A piece ends here: after ASCII white space or punctuation, or a CJK ideograph (one token each). */
const isCut = (unit: number): boolean =>
  unit <= 0x20
    ? unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)
    : (unit < 0x7f && !/[0-9A-Za-z]/.test(String.fromCharCode(unit))) ||
      (unit >= 0x4e00 && unit <= 0x9fff);

/**
 * Where the pieces of a text start: 0 first, each piece at least `pieceChars` long (but the last).
 * A text without a place to cut is one piece.
 */
export function pieceStarts(text: string, pieceChars: number): number[] {
  const starts = [0];
  let end = pieceChars;
  while (end < text.length) {
    while (end < text.length && !isCut(text.charCodeAt(end - 1))) end += 1;
    if (end < text.length) starts.push(end);
    end += pieceChars;
  }
  return starts;
}
