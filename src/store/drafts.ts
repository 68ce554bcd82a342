/** Documents as they are given, and what becomes of them. */

/** A document as it is given. */
export interface DocumentDraft {
  readonly text: string;
  readonly externalId?: string | undefined;
  readonly title?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** Where drafts go. */
export interface PutOptions {
  readonly collectionId: number;
  /** 'interactive' when somebody waits for the answer: claimed before bulk. */
  readonly priority: 'interactive' | 'bulk';
}

/**
 * What became of a draft: new; known already; known, and tried again after a failure; or another text
 * for a known external id.
 */
export type PutOutcome = 'CREATED' | 'UNCHANGED' | 'RETRIED' | 'REPLACED';

/** The document of a draft. */
export interface PutResult {
  readonly id: number;
  readonly outcome: PutOutcome;
}
