/** What people decide about mentions, as the store takes it and hands it out. */
import type { Span } from '../core/span.ts';
import type { MentionSource } from './records.ts';

/** What a review does. RETYPE and MOVE reject one mention and accept another in its place. */
export type ReviewDecision = 'ACCEPT' | 'REJECT' | 'RETYPE' | 'MOVE' | 'ADD';

/** A decision about one or many mentions. */
export interface ReviewRecord {
  readonly id: number;
  readonly collectionId: number;
  readonly decision: ReviewDecision;
  readonly reviewer: string;
  readonly note: string | null;
  /** How many mentions it was made about. */
  readonly mentions: number;
  /** The bundle whose scores its verdicts keep; null when none had been used. */
  readonly modelId: string | null;
  readonly createdAt: Date;
  readonly undoneBy: string | null;
  readonly undoneAt: Date | null;
}

/** What a review says of one place: a span of one version of a document's text, and a type. */
export interface VerdictRecord extends Span {
  readonly id: number;
  readonly reviewId: number;
  readonly documentId: number;
  /** As it was then. */
  readonly text: string;
  /** Null once the type is deleted. */
  readonly entityTypeId: number | null;
  /** Name of the type then. */
  readonly type: string;
  readonly state: 'ACCEPTED' | 'REJECTED';
  /** Who had said that it is a mention. */
  readonly source: MentionSource;
  /** The model's; 0 where the model had none. */
  readonly score: number;
  readonly threshold: number;
  readonly margin: number;
  /** Whether it is about the text that the document has now. */
  readonly isCurrent: boolean;
  /** The mention that is there now, if there is one. */
  readonly mentionId: number | null;
}

/** Who decides, and what to keep of why. */
export interface Reviewer {
  readonly reviewer: string;
  readonly note: string | null;
}

/** What to decide about mentions. */
export type Decision =
  | { readonly kind: 'ACCEPT' }
  | { readonly kind: 'REJECT' }
  | { readonly kind: 'RETYPE'; readonly typeId: number }
  | { readonly kind: 'MOVE'; readonly to: Span };

/** A decision about mentions of one collection. */
export interface ReviewDraft extends Reviewer {
  readonly collectionId: number;
  readonly mentionIds: readonly number[];
  readonly decision: Decision;
  /** So many, or nothing is decided. */
  readonly expectedCount: number | null;
}

/** A mention that a person adds. */
export interface AddedMention extends Span, Reviewer {
  readonly documentId: number;
  readonly typeId: number;
}

/** A review that was made, and the mention that is there by it; null for several or none. */
export interface Reviewed {
  readonly reviewId: number;
  readonly mentionId: number | null;
}
