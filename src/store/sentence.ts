/**
 * A span in the sentence that it stands in, for who reads it alone.
 *
 * Units: UTF-16 code units.
 */
import type { Span } from '../core/span.ts';
import { passagesOf } from './passages.ts';

/** A span of a text that is a sentence, or the part of one around the span. */
export interface SpanInSentence extends Span {
  readonly text: string;
}

/** A span, and the sentence of the same text that has it. */
export interface PlacedSpan extends Span {
  readonly sentence: Span;
  /** Of a longer sentence only the words around the span are taken, about so many characters. */
  readonly maxChars: number;
}

/** A span in its sentence, without white space after it. A longer span than `maxChars` is not cut. */
export function inSentence(
  text: string,
  { start, end, sentence, maxChars }: PlacedSpan,
): SpanInSentence {
  const ending = Math.max(end, text.slice(0, sentence.end).trimEnd().length);
  const whole = text.slice(sentence.start, ending);
  const span = { start: start - sentence.start, end: end - sentence.start };
  if (whole.length <= maxChars) return { text: whole, ...span };
  // It is rounded outwards.
  const [part] = passagesOf(whole, [span], { count: 1, chars: maxChars - 1 });
  const from = part?.start ?? 0;
  return { text: part?.text ?? whole, start: span.start - from, end: span.end - from };
}
