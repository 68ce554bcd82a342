/**
 * What everything above `ner/` sees of BINDER: a model that turns documents and entity types into
 * mentions. Opened in process (library, command line) or in a child process (server); both behave
 * alike, and the same text gives the same result whatever it is extracted together with.
 */
import type { EntityType, Mention } from '../core/document.ts';
import type { Span } from '../core/span.ts';
import type { Calibration } from './calibration.ts';
import type { SpanHead } from './scorer.ts';

/** What a bundle says about itself. */
export interface ModelInfo {
  /**
   * SHA-256 of the bundle's manifest without its calibration, in hexadecimal: vectors of different ids
   * never mix.
   */
  readonly id: string;
  readonly name: string;
  /** Types the model was trained on; others may be given at run time. */
  readonly types: readonly EntityType[];
  /** Length E of span and type vectors. */
  readonly embeddingSize: number;
  /** Length of meaning vectors. */
  readonly meaningSize: number;
  /** What multiplies a cosine to give a score: exp(tau_span) of the paper. */
  readonly logitScale: number;
  /** What is added to every threshold. */
  readonly thresholdShift: number;
  readonly licence: string;
  readonly metrics: Readonly<Record<string, unknown>>;
  /** Longest window, its two special tokens included. */
  readonly windowTokens: number;
  /** Tokens that neighbouring windows share; at least `maxSpanTokens`. */
  readonly overlapTokens: number;
  /** Longest mention. */
  readonly maxSpanTokens: number;
  /** How margins are read as confidences; null when that was never measured. */
  readonly calibration: Calibration | null;
}

/** A mention as a model finds it. */
export interface ExtractedMention extends Mention {
  /** Unit span vector [E] in its window. */
  readonly vector: Float32Array;
  /** How likely it is right, 0 to 1, by the model's calibration; null when the model has none. */
  readonly confidence: number | null;
}

/**
 * The part of a document that one window read, and what makes thresholds there: the threshold of a
 * type with vector z is logitScale x dot(thresholdVector, z) + thresholdShift, for types known now or later.
 */
export interface ExtractedWindow extends Span {
  /** Tokens of the window without its two special tokens. */
  readonly tokens: number;
  /** Unit span (0,0) vector [E]. */
  readonly thresholdVector: Float32Array;
}

/** Why the tokenizer passed over a part of a text. */
export type DropReason =
  /** Control characters such as NUL, and U+FFFD, the mark of text already lost. */
  | 'CONTROL_CHARACTER'
  /** Characters without a picture: zero-width spaces and joiners, direction marks, byte order mark. */
  | 'INVISIBLE_CHARACTER'
  /** Accents and other marks that stand apart from a letter. */
  | 'COMBINING_MARK'
  /** Code points without a meaning: private use, unassigned, lone surrogates. */
  | 'UNASSIGNED_CHARACTER'
  /** Anything else that became no token. */
  | 'NOT_TOKENIZED';

/** A run of characters, not white space, that no token covers. */
export interface DroppedPart extends Span {
  readonly reason: DropReason;
}

/**
 * How much of a document was read.
 *
 * Units: characters are UTF-16 code units, white space included.
 * Invariant: `charactersRead` + the lengths of `dropped` = `characters`.
 */
export interface Coverage {
  readonly characters: number;
  /** By the rules of Unicode, of the whole text. */
  readonly words: number;
  readonly charactersRead: number;
  readonly tokens: number;
  /** Tokens that the vocabulary lacks: read, but all alike to the model. */
  readonly unknownTokens: number;
  readonly windows: number;
  readonly dropped: readonly DroppedPart[];
}

/** Everything that a model finds in a document. */
export interface Extraction {
  /** Nested: overlaps are kept. Sorted by `compareSpans`, then type. */
  readonly mentions: readonly ExtractedMention[];
  readonly windows: readonly ExtractedWindow[];
  readonly coverage: Coverage;
  /** From which further types are scored (`scoreLedger`); null when it was not asked for or is too long. */
  readonly ledger: Uint8Array | null;
}

/** How to extract. */
export interface ExtractOptions {
  /** How urgent it is: bulk work lets interactive work pass. */
  readonly priority?: 'interactive' | 'bulk';
  /** Whether to give the ledger of each document. Default: false. */
  readonly keepLedgers?: boolean;
}

/** A model that is ready to read. */
export interface Extractor {
  readonly model: ModelInfo;
  /** What ledgers are scored with; null for an extractor that makes none. */
  readonly head: SpanHead | null;
  /** One extraction a text, in order. */
  extract(
    texts: readonly string[],
    types: readonly EntityType[],
    options?: ExtractOptions,
  ): Promise<Extraction[]>;
  /** Unit vectors [E] of types: queries into an index of span vectors. */
  encodeTypes(types: readonly EntityType[]): Promise<Float32Array[]>;
  /** Unit vectors [meaningSize] of surface forms. */
  encodeMeanings(forms: readonly string[]): Promise<Float32Array[]>;
  /** Releases the model; later calls fail. */
  close(): Promise<void>;
}
