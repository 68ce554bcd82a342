/**
 * What the windows of a document accept to mentions: each span once a type, from the window that is
 * surest of it.
 */
import type { Span } from '../core/span.ts';
import type { Encoding } from '../text/tokenizer.ts';
import type { Window } from '../text/windows.ts';
import type { ExtractedMention } from './extractor.ts';
import { compareMentions } from './mention-order.ts';
import type { AcceptedSpan } from './scorer.ts';

/** A mention as scores alone say it. */
export type DecodedMention = Omit<ExtractedMention, 'confidence'>;

/** The characters from the first to the last token of a window. */
export const windowSpan = (encoding: Encoding, window: Window): Span => ({
  start: encoding.starts[window.firstToken]!,
  end: encoding.ends[window.endToken - 1]!,
});

/**
 * The mentions of a document from what its windows accept: nested, sorted by `compareSpans`, then type.
 * A span that several windows accept for a type has the score, threshold, window and vector of its
 * largest margin; of equal margins the first window's.
 */
export function decodeDocument(
  windows: readonly (readonly AcceptedSpan[])[],
  typeNames: readonly string[],
): DecodedMention[] {
  const best = new Map<string, DecodedMention>();
  for (const [window, accepted] of windows.entries()) {
    for (const span of accepted) {
      const { start, end, score, threshold, vector } = span;
      const margin = score - threshold;
      const key = `${start} ${end} ${span.type}`;
      if (margin <= (best.get(key)?.margin ?? -Infinity)) continue;
      const type = typeNames[span.type]!;
      best.set(key, { start, end, type, score, threshold, margin, window, vector });
    }
  }
  return [...best.values()].sort(compareMentions);
}
