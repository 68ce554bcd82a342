/**
 * Types by example: the vector of a type that is described by words, by mentions that are of it and spans
 * that are not, or by both.
 *
 * Spans and types share one space, so the mean of positive examples is the vector of a type itself. It is
 * added to the description's, and a part of the mean of negative ones taken off; thresholds are those that
 * the model computes for what comes out. How much each counts was measured (docs/type-examples.md).
 */
import type { TypeExample } from '../core/document.ts';
import { appError } from '../core/errors.ts';
import { normalize } from '../core/vector.ts';
import { decodeLedger } from './ledger.ts';
import { type SpanHead, spanVectorAt } from './scorer.ts';

/** An example with the unit vector [E] of its span. */
export interface ExampleVector {
  readonly isPositive: boolean;
  readonly vector: Float32Array;
}

const positiveWeight = 1;
/**
 * Of so many negative examples. One or two are often spans beside a mention, which look much like it: they
 * must not turn the vector away.
 */
const negativeWeight = (count: number): number => (0.5 * count) / (count + 5);

/** Adds so much of the mean of vectors to a sum. */
function addMean(sum: Float32Array, vectors: readonly Float32Array[], weight: number): void {
  for (const vector of vectors) {
    vector.forEach((value, e) => {
      sum[e]! += (weight / vectors.length) * value;
    });
  }
}

/** The unit vector of a type: its description's, if it has one, moved by examples. */
export function moveByExamples(
  description: Float32Array | null,
  examples: readonly ExampleVector[],
): Float32Array {
  const sum = description?.slice() ?? new Float32Array(examples[0]?.vector.length ?? 0);
  const some = (isPositive: boolean): Float32Array[] =>
    examples.filter((each) => each.isPositive === isPositive).map(({ vector }) => vector);
  const negative = some(false);
  addMean(sum, some(true), positiveWeight);
  addMean(sum, negative, -negativeWeight(negative.length));
  return normalize(sum);
}

/**
 * The unit vector of an example's span, from the ledger of its text. Undefined for a span that no candidate
 * is, where the example came from a review: people may mark what the model could not find.
 *
 * Throws: ARGUMENT_INVALID for such a span that was given by hand.
 */
export function exampleVector(
  head: SpanHead,
  ledger: Uint8Array,
  { text, start, end, isPositive, documentId }: TypeExample,
): ExampleVector | undefined {
  for (const window of decodeLedger(ledger, head.embeddingSize) ?? []) {
    const vector = spanVectorAt(head, window, { start, end });
    if (vector) return { isPositive, vector };
  }
  if (documentId !== undefined) return undefined;
  const rule = `a span of whole words of its text, of at most ${head.maxSpanTokens} tokens`;
  throw appError('ARGUMENT_INVALID', {
    argument: 'examples',
    rule,
    value: text.slice(start, end),
  });
}
