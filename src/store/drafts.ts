/** Documents as they are given, and what becomes of them. */

/** A mention that comes with a document: an annotation of its file. */
export interface ImportedMention {
  /** Units: UTF-16 code units of the document's text. */
  readonly start: number;
  readonly end: number;
  /** Name of an entity type; made, without a description, if the collection has none of that name. */
  readonly type: string;
  /** What it denotes in some vocabulary, as its file writes it: 'MESH:D003000'. */
  readonly concept?: string | undefined;
}

/** Something that a document's file holds and its text does not. */
export interface FileDrop {
  /** Why it is not in the text, such as ATTACHMENT. */
  readonly reason: string;
  /** Where in the text it would stand. Units: UTF-16 code units. */
  readonly at: number;
  /** Its length in UTF-16 code units; 0 for what is no text. */
  readonly chars: number;
  /** Its length in bytes, of what is no text. */
  readonly bytes?: number | undefined;
  /** Its beginning, or its name. */
  readonly text: string;
}

/** A document as it is given. */
export interface DocumentDraft {
  readonly text: string;
  readonly externalId?: string | undefined;
  readonly title?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Kept beside what the model finds. Left out, a known document keeps those it has. */
  readonly mentions?: readonly ImportedMention[] | undefined;
  /** What its file holds beside the text. Left out, a known text keeps what is known of its file. */
  readonly dropped?: readonly FileDrop[] | undefined;
  /**
   * Where its pages begin, as `core/page-starts` has it; none for a text without pages. Left out, a known
   * text keeps those it has.
   */
  readonly pageStarts?: readonly number[] | undefined;
}

/** Where drafts go. */
export interface PutOptions {
  readonly collectionId: number;
  /** 'interactive' when somebody waits for the answer: claimed before bulk. */
  readonly priority: 'interactive' | 'bulk';
  /** The job that they are of. */
  readonly jobId?: number | undefined;
}

/**
 * What became of a draft: new; known already; known, and tried again after a failure; or another text
 * for a known external id, which replaces the old one as soon as it has been read.
 */
export type PutOutcome = 'CREATED' | 'UNCHANGED' | 'RETRIED' | 'REPLACED';

/** The document of a draft. */
export interface PutResult {
  readonly id: number;
  readonly outcome: PutOutcome;
}
