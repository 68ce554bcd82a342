/**
 * The words of the program: documents, entity types and the mentions found in them.
 */
import type { Span } from './span.ts';

/** A text with an id. The text is kept exactly as given: no normalising, so that slices stay true. */
export interface Document {
  readonly id: string;
  readonly text: string;
}

/** A span of a text that is a mention of a type, or is none. */
export interface TypeExample extends Span {
  readonly text: string;
  readonly isPositive: boolean;
  /**
   * Row of the stored document in which people have decided so; left out for one that was given by hand.
   * What the model cannot read of the former it passes over, of the latter it refuses.
   */
  readonly documentId?: number;
}

/**
 * A class of things, described in plain words, by examples, or both; what the model reads are the examples
 * and the description, or the name where there is neither.
 */
export interface EntityType {
  readonly name: string;
  readonly description: string;
  /** Left out: none. */
  readonly examples?: readonly TypeExample[];
  /**
   * How far above its threshold a span must score to be a mention: above 0 for fewer and surer ones,
   * below 0 for more. Left out: 0.
   *
   * Units: of scores.
   */
  readonly offset?: number;
}

/** Most types that can be asked of a text at once: each is one column of scores for every candidate span. */
export const maxEntityTypes = 1_000;

/** A span that annotators (or an importer) say denotes something of a type. */
export interface GoldMention extends Span {
  readonly type: string;
}

/** A document with the mentions that annotators found: nested and multi-type spans are allowed. */
export interface AnnotatedDocument extends Document {
  readonly mentions: readonly GoldMention[];
  /** Spans of which nobody knows: learnt neither as mentions nor as what is none. */
  readonly uncertain?: readonly GoldMention[];
}

/**
 * A span found to denote something of a type.
 *
 * Units: `score` and `threshold` are scaled cosines, exp(logit scale) x cosine; comparable within one
 * type and window only. `margin` = score - threshold, above the type's offset (0 unless it was given
 * another) for every mention that was accepted.
 */
export interface Mention extends Span {
  readonly type: string;
  readonly score: number;
  readonly threshold: number;
  readonly margin: number;
  /** Index of the document's window that gave the largest margin. */
  readonly window: number;
}
