/** What the store takes and gives of vocabularies. */

/** How a mention was matched with a concept. */
export type MatchMethod = 'NAME' | 'SYNONYM' | 'ABBREVIATION' | 'MEANING';

/** A name as a surface form, with its concept: a place in a list, or a row. */
export interface ConceptName {
  readonly form: string;
  readonly concept: number;
  readonly method: 'NAME' | 'SYNONYM';
}

/** A vocabulary to be kept. */
export interface VocabularyDraft {
  readonly collectionId: number;
  readonly name: string;
  /** Types whose mentions it is for; null for those of every type. */
  readonly typeIds: readonly number[] | null;
  readonly concepts: readonly { readonly id: string; readonly name: string }[];
  /** Each form once; `concept` is a place in `concepts`. */
  readonly names: readonly ConceptName[];
}

/** A vocabulary that is kept. */
export interface VocabularyRecord {
  readonly id: number;
  readonly collectionId: number;
  readonly name: string;
  /** Counts the imports under the name. */
  readonly version: number;
  /** Types whose mentions it is for; null for those of every type. */
  readonly typeIds: readonly number[] | null;
  readonly conceptCount: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** How far a vocabulary is. */
export interface VocabularyProgress {
  readonly namesTotal: number;
  /** Names without meaning vector. */
  readonly namesWaiting: number;
  /** Of its collection. */
  readonly documentsTotal: number;
  /** Documents whose mentions wait for proposals. */
  readonly documentsWaiting: number;
}

/** The concept that is proposed for a mention. */
export interface ProposedConcept {
  /** The id that its vocabulary has for it. */
  readonly id: string;
  readonly name: string;
  /** Name of the vocabulary. */
  readonly vocabulary: string;
  readonly matchedBy: MatchMethod;
  /** Cosine with the nearest name, -1 to 1; 1 where the name is the same. */
  readonly similarity: number;
}

/** A document that waits for proposals. */
export interface UnlinkedDocument {
  readonly id: number;
  readonly collectionId: number;
  /** Another one after each change of its mentions or of what they may denote. */
  readonly revision: number;
}

/** A proposal for a mention, by rows. */
export interface ConceptLink {
  readonly mentionId: number;
  readonly conceptId: number;
  readonly matchedBy: MatchMethod;
  readonly similarity: number;
}

/** A document with what is proposed for its mentions. */
export interface LinkedDocument extends Pick<UnlinkedDocument, 'id' | 'revision'> {
  readonly links: readonly ConceptLink[];
}
