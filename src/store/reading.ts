/** What an extractor reads of a document, as the store takes it. */
import type { Mention } from '../core/document.ts';
import type { Span } from '../core/span.ts';
import type { StoredCoverage } from './records.ts';

/** A mention with the vector of its span. */
export interface ReadMention extends Mention {
  /** Unit span vector in the mention's window. */
  readonly vector: Float32Array;
}

/** A window with the vector its thresholds come from. */
export interface ReadWindow extends Span {
  readonly tokens: number;
  readonly thresholdVector: Float32Array;
}

/** Everything that was read of a document: an extractor's result. */
export interface Reading {
  readonly mentions: readonly ReadMention[];
  readonly windows: readonly ReadWindow[];
  readonly coverage: StoredCoverage;
  /** Unit meaning vectors by surface form, for forms that had none (`formsWithoutVector`). */
  readonly meanings?: ReadonlyMap<string, Float32Array> | undefined;
  /** From which later types are scored, as the extractor gave it. */
  readonly ledger?: Uint8Array | null | undefined;
}

/** The version of an entity type that a document was scored for. */
export interface ScoredType {
  readonly id: number;
  readonly name: string;
  readonly version: number;
}

/** A document's text and what was found in it, for which types. */
export interface ReadDocument extends Pick<Reading, 'mentions' | 'meanings'> {
  readonly documentId: number;
  readonly text: string;
  readonly types: readonly ScoredType[];
}
