/**
 * Scores to mentions: what a window accepts, and what its document then has.
 *
 * A span is accepted for a type iff its score is above the type's threshold in that window by more than
 * the type's offset, which is 0 unless somebody wants fewer or more mentions. Score and threshold are
 * computed from the vectors that are kept (`spanScore`), so that a type scored later against stored
 * vectors accepts exactly what reading the document again would. The scores of `scoreWindow` differ
 * from these by float rounding and only choose which vectors are worth building.
 */
import type { Span } from '../core/span.ts';
import type { Encoding } from '../text/tokenizer.ts';
import type { Window } from '../text/windows.ts';
import type { ExtractedMention } from './extractor.ts';
import { compareMentions } from './mention-order.ts';
import { type SpanHead, spanScore, type WindowScores } from './scorer.ts';

/** A candidate that is a mention. Units: tokens are positions in the window, [CLS] is 0. */
export interface AcceptedSpan {
  /** Index of the type. */
  readonly type: number;
  readonly first: number;
  readonly last: number;
  readonly score: number;
  readonly threshold: number;
  /** Unit span vector [E]. */
  readonly vector: Float32Array;
}

/** The types that a window is asked for. */
export interface AskedTypes {
  /** Unit vectors [E]. */
  readonly vectors: readonly Float32Array[];
  /** How far above the threshold a score must be, by type. Units: of scores. */
  readonly offsets: readonly number[];
}

/** Larger than what float32 rounding of a unit vector does to a cosine. */
const cosineSlack = 1e-5;

/** Everything a window accepts, by type, then in candidate order. */
export function acceptSpans(
  head: SpanHead,
  window: WindowScores,
  types: AskedTypes,
): AcceptedSpan[] {
  const accepted: AcceptedSpan[] = [];
  const slack = cosineSlack * head.logitScale;
  for (const [type, typeVector] of types.vectors.entries()) {
    const threshold = window.thresholds[type]!;
    const offset = types.offsets[type]!;
    const scores = window.scores[type]!;
    for (let candidate = 0; candidate < scores.length; candidate += 1) {
      if (!(scores[candidate]! > threshold + offset - slack)) continue;
      const vector = window.spanVector(candidate);
      const score = spanScore(head, vector, typeVector);
      if (!(score - threshold > offset)) continue;
      const first = window.firsts[candidate]!;
      accepted.push({ type, first, last: window.lasts[candidate]!, score, threshold, vector });
    }
  }
  return accepted;
}

/** A window of a document with what it accepted. */
export interface DecodedWindow {
  readonly window: Window;
  readonly accepted: readonly AcceptedSpan[];
}

/** A mention as scores alone say it. */
export type DecodedMention = Omit<ExtractedMention, 'confidence'>;

/** The characters from the first to the last token of a window. */
export const windowSpan = (encoding: Encoding, window: Window): Span => ({
  start: encoding.starts[window.firstToken]!,
  end: encoding.ends[window.endToken - 1]!,
});

/**
 * The mentions of a document: nested, sorted by `compareSpans`, then type. A span that several
 * windows accept for a type has the score, threshold, window and vector of its largest margin; of
 * equal margins the first window's.
 */
export function decodeDocument(
  encoding: Encoding,
  windows: readonly DecodedWindow[],
  typeNames: readonly string[],
): DecodedMention[] {
  const best = new Map<string, DecodedMention>();
  for (const [index, { window, accepted }] of windows.entries()) {
    for (const span of accepted) {
      const start = encoding.starts[window.firstToken + span.first - 1]!;
      const end = encoding.ends[window.firstToken + span.last - 1]!;
      const { score, threshold, vector } = span;
      const margin = score - threshold;
      const key = `${start} ${end} ${span.type}`;
      if (margin <= (best.get(key)?.margin ?? -Infinity)) continue;
      const type = typeNames[span.type]!;
      best.set(key, { start, end, type, score, threshold, margin, window: index, vector });
    }
  }
  return [...best.values()].sort(compareMentions);
}
