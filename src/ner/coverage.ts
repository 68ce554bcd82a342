/**
 * What was read of a document: nothing is cut off in silence. Windows cover every token, so a
 * character is unread only if it became no token; white space counts as read.
 */
import { countWords } from '../text/count-words.ts';
import type { Encoding } from '../text/tokenizer.ts';
import type { Coverage, DroppedPart, DropReason } from './extractor.ts';

/** Coverage of a document in so many windows. Cost: O(text). */
export function coverageOf(text: string, encoding: Encoding, windows: number): Coverage {
  const dropped = droppedParts(text, encoding);
  const lost = dropped.reduce((sum, { start, end }) => sum + end - start, 0);
  return {
    characters: text.length,
    words: countWords(text),
    charactersRead: text.length - lost,
    tokens: encoding.ids.length,
    unknownTokens: encoding.unknown,
    windows,
    dropped,
  };
}

function droppedParts(text: string, { starts, ends }: Encoding): DroppedPart[] {
  const parts: DroppedPart[] = [];
  let gapStart = 0;
  for (let token = 0; token <= starts.length; token += 1) {
    const gapEnd = starts[token] ?? text.length;
    if (gapEnd > gapStart) collectRuns(text.slice(gapStart, gapEnd), gapStart, parts);
    gapStart = Math.max(gapStart, ends[token] ?? 0);
  }
  return parts;
}

/** Adds the runs of characters of a gap that are lost for the same reason. */
function collectRuns(gap: string, offset: number, parts: DroppedPart[]): void {
  let end = 0;
  for (const character of gap) {
    const reason = dropReason(character);
    const start = end;
    end += character.length;
    if (reason === null) continue;
    const last = parts.at(-1);
    if (last?.end === offset + start && last.reason === reason)
      parts[parts.length - 1] = { ...last, end: offset + end };
    else parts.push({ start: offset + start, end: offset + end, reason });
  }
}

/** Tried in order, because the byte order mark is white space to a regular expression. */
const reasons: readonly (readonly [RegExp, DropReason | null])[] = [
  [/\p{Cf}/u, 'INVISIBLE_CHARACTER'],
  [/\s/u, null],
  [/[\p{Cc}\ufffd]/u, 'CONTROL_CHARACTER'],
  [/\p{M}/u, 'COMBINING_MARK'],
  [/[\p{Cn}\p{Co}\p{Cs}]/u, 'UNASSIGNED_CHARACTER'],
];

function dropReason(character: string): DropReason | null {
  if (character === ' ') return null;
  const found = reasons.find(([pattern]) => pattern.test(character));
  return found === undefined ? 'NOT_TOKENIZED' : found[1];
}
