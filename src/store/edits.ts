/**
 * How far two strings are apart: the smallest number of characters (code points) to insert, remove or
 * replace that makes one of the other (Levenshtein 1965).
 */

/** Whether so many edits are enough. Cost: (2 x edits + 1) steps a character of the shorter string. */
export function isWithinEdits(a: string, b: string, maxEdits: number): boolean {
  const [left, right] = [Array.from(a), Array.from(b)];
  if (Math.abs(left.length - right.length) > maxEdits) return false;
  // Row by row of the table of distances, only where they can be small enough.
  let row = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (const [i, character] of left.entries()) {
    const next = Array.from({ length: right.length + 1 }, () => maxEdits + 1);
    if (i + 1 <= maxEdits) next[0] = i + 1;
    const last = Math.min(right.length, i + 1 + maxEdits);
    for (let j = Math.max(1, i + 1 - maxEdits); j <= last; j += 1) {
      const replaced = row[j - 1]! + (right[j - 1] === character ? 0 : 1);
      next[j] = Math.min(replaced, row[j]! + 1, next[j - 1]! + 1);
    }
    row = next;
  }
  return row[right.length]! <= maxEdits;
}

/**
 * Cuts a string into one piece more than edits are allowed: a string so many edits away still has one of
 * them, because an edit spoils no more than one.
 */
export function survivingPieces(text: string, maxEdits: number): string[] {
  const characters = Array.from(text);
  const count = maxEdits + 1;
  const edge = (piece: number): number => Math.floor((piece * characters.length) / count);
  return Array.from({ length: count }, (_, piece) =>
    characters.slice(edge(piece), edge(piece + 1)).join(''),
  );
}
