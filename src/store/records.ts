/**
 * What the store hands out: rows as the program's words, with dates as dates and vectors as vectors.
 */
import type { Mention, TypeExample } from '../core/document.ts';

/** Where a document stands: waiting, being read, read, or given up. */
export type DocumentState = 'QUEUED' | 'RUNNING' | 'DONE' | 'FAILED';

/** How much of a document was read. */
export interface StoredCoverage {
  readonly characters: number;
  /** Left out where nobody has counted them; `countWords` gives them. */
  readonly words?: number | undefined;
  readonly charactersRead: number;
  readonly tokens: number;
  readonly unknownTokens: number;
  /** Parts that were not read, as the extractor reported them. */
  readonly dropped: readonly DroppedRecord[];
}

/** A part of a text that was not read, and why. */
export interface DroppedRecord {
  readonly start: number;
  readonly end: number;
  readonly reason: string;
}

/** A document without its text, which `readTexts` gives. */
export interface DocumentRecord {
  readonly id: number;
  readonly collectionId: number;
  readonly externalId: string | null;
  /** SHA-256 of the text, hex. */
  readonly textHash: string;
  readonly title: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly state: DocumentState;
  /** The last failure, if it was not overcome. */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly attempts: number;
  readonly coverage: StoredCoverage;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** When it was last read to the end; null while it never was. */
  readonly readAt: Date | null;
}

/** An entity type as stored. */
export interface EntityTypeRecord {
  readonly id: number;
  readonly collectionId: number;
  readonly name: string;
  readonly description: string;
  readonly examples: readonly TypeExample[];
  /** Added to the threshold. Units: of scores. */
  readonly offset: number;
  /** Counts changes after which documents are read again for the type, from 1. */
  readonly version: number;
  /** Unit type vector of this version under the current model, when it is known already. */
  readonly vector: Float32Array | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Who says that a span is a mention: the model, a person, or an imported annotation. */
export type MentionSource = 'MODEL' | 'HUMAN' | 'IMPORT';

/** What people can have said of a mention. */
export const mentionStates = ['UNREVIEWED', 'ACCEPTED', 'REJECTED'] as const;

/** What people have said of a mention. */
export type MentionState = (typeof mentionStates)[number];

/** The states of mentions that are listed unless others are asked for: all but rejected ones. */
export const listedStates: readonly MentionState[] = ['UNREVIEWED', 'ACCEPTED'];

/** A stored mention. `type` is the entity type's name, `text` the mention as written. */
export interface MentionRecord extends Mention {
  readonly id: number;
  readonly documentId: number;
  readonly spanId: number;
  readonly surfaceFormId: number;
  readonly entityTypeId: number;
  /** Version of the entity type that it was found with. */
  readonly typeVersion: number;
  readonly text: string;
  readonly source: MentionSource;
  readonly state: MentionState;
  /** What an imported one denotes, as whoever gave it says. */
  readonly statedConcept: string | null;
}

/** A page of a list: the first `first` rows whose id comes after `after`. */
export interface PageRequest {
  readonly first: number;
  readonly after?: number | undefined;
}

/** A page that was asked for. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly hasNext: boolean;
}

/** The page made of `first + 1` rows: the one too many says that there is a next page. */
export const pageOf = <Row>(rows: readonly Row[], first: number): Page<Row> => ({
  rows: rows.slice(0, first),
  hasNext: rows.length > first,
});
