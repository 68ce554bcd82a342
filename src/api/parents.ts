/**
 * What the resolvers of each type get: rows and results as the layers below give them. The name says
 * the type; `npm run generate` reads it.
 */
import type { TypeExample } from '../core/document.ts';
import type { Span } from '../core/span.ts';
import type { CollectionPreview } from '../ingest/preview-type.ts';
import type { Coverage, ExtractedMention, ModelInfo } from '../ner/extractor.ts';
import type { PreviewMention, PreviewQuestion } from '../ner/type-preview.ts';
import type { CoOccurrence } from '../store/co-occurrences.ts';
import type { CollectionRecord } from '../store/collections.ts';
import type { CoverageTotals } from '../store/coverage.ts';
import type { DocumentFilter } from '../store/document-filter.ts';
import type { JobRecord } from '../store/job-records.ts';
import type { Contrast } from '../store/mention-contrast.ts';
import type { DocumentRecord, EntityTypeRecord, MentionRecord } from '../store/records.ts';
import type { ReviewRecord, VerdictRecord } from '../store/review-records.ts';
import type { ProposedConcept, VocabularyRecord } from '../store/vocabulary-records.ts';
import type { IndexReport } from './context.ts';
import type {
  HybridExplanation,
  MentionExplanation,
  SearchExplanation,
  TextSearchExplanation,
} from './explain.ts';
import type { MeasuredText } from './offsets.ts';
import type { Connection, Edge } from './page.ts';

export type DocumentParent = DocumentRecord;
export type EntityTypeParent = EntityTypeRecord;
export type TypeExampleParent = TypeExample;
export type MentionParent = MentionRecord;
export type NodeParent =
  | DocumentRecord
  | EntityTypeRecord
  | JobRecord
  | MentionRecord
  | ReviewRecord
  | VocabularyRecord;
export type ReviewParent = ReviewRecord;
export type VerdictParent = VerdictRecord;
export type VocabularyParent = VocabularyRecord;
export type ProposedConceptParent = ProposedConcept;
export type IngestJobParent = JobRecord;
export type CollectionParent = CollectionRecord;
export type ModelParent = ModelInfo;
export type IndexStatusParent = IndexReport;

export type SearchExplanationParent = SearchExplanation;
export type TextSearchExplanationParent = TextSearchExplanation;
export type HybridExplanationParent = HybridExplanation;
export type MentionExplanationParent = MentionExplanation;
export type MentionEdgeParent = Edge<MentionRecord>;

/** A mention as near as it is to what was asked for. */
export interface SimilarMentionEdgeParent extends Edge<MentionRecord> {
  readonly similarity: number;
}

/** A mention with its scores for the asked type. */
export interface TypedMentionEdgeParent extends SimilarMentionEdgeParent {
  readonly score: number;
  readonly threshold: number;
  readonly margin: number;
  readonly confidence: number | null;
}

/** A page of documents, and which were asked for: what is counted. */
export interface DocumentConnectionParent extends Connection<Edge<DocumentRecord>> {
  readonly filter: DocumentFilter & { readonly collectionId: number };
}

/** A text whose offsets are asked for; read when they are. */
interface OfText {
  readonly measured: () => Promise<MeasuredText>;
}

export type HighlightParent = Span & OfText;

export interface PassageParent extends HighlightParent {
  readonly text: string;
  /** Read when it is asked for. */
  readonly page: () => Promise<number | null>;
  readonly matches: readonly HighlightParent[];
}

/** A document with what was found in it. */
interface FoundDocumentEdge extends Edge<DocumentRecord> {
  readonly score: number;
  readonly titleMatches: readonly HighlightParent[];
  readonly matches: number;
  readonly passages: readonly PassageParent[];
}

/** A document with its places in two rankings. */
interface HybridDocumentEdge extends FoundDocumentEdge {
  readonly textRank: number | null;
  readonly similarityRank: number | null;
  readonly mention: MentionRecord | null;
  readonly similarity: number | null;
}

/** A page of documents that were found by their words or by what they mention. */
export interface HybridDocumentConnectionParent extends Connection<HybridDocumentEdge> {
  readonly explain: HybridExplanation | null;
}

/** A page of documents that were found by their words. */
export interface FoundDocumentConnectionParent extends Connection<FoundDocumentEdge> {
  /** How many there are in all. */
  readonly totalCount: () => Promise<number>;
  readonly explain: TextSearchExplanation;
}

/** A count, of which the example is read when it is asked for. */
export interface MentionCountParent {
  readonly key: string;
  readonly mentions: number;
  readonly documents: number;
  readonly example: number;
}

/** A page of counts, and what counts all keys, and mentions without one, when that is asked for. */
export interface MentionCountConnectionParent extends Connection<Edge<MentionCountParent>> {
  readonly countKeys: () => Promise<number>;
  readonly countWithoutKey: () => Promise<number>;
  readonly explain: SearchExplanation;
}

/** What occurs together, of which the examples are read when they are asked for. */
export type CoOccurrenceParent = CoOccurrence;

/** A page of what occurs together, and what counts the units when that is asked for. */
export interface CoOccurrenceConnectionParent extends Connection<Edge<CoOccurrence>> {
  readonly units: () => Promise<number>;
}

/** A key in two sets, of which the examples are read when they are asked for. */
export interface MentionContrastParent extends Contrast {
  readonly ratio: number | null;
}

/** A page of entity types, and how many there are. */
export interface EntityTypeConnectionParent extends Connection<Edge<EntityTypeRecord>> {
  readonly totalCount: number;
}

/** A page of jobs, of the collection whose jobs are counted. */
export interface IngestJobConnectionParent extends Connection<Edge<JobRecord>> {
  readonly collectionId: number;
}

/** What a job could not take in or read. */
export interface JobFailureParent {
  readonly documentId: number | null;
  readonly place: string | null;
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
  /** Units: milliseconds since 1970. */
  readonly at: number;
}

/** The coverage of a document, or of a text that is not stored. */
export type CoverageParent =
  | Coverage
  | (DocumentRecord['coverage'] & { readonly documentId: number });

/** The coverage of a collection, of which the reasons are read when they are asked for. */
export interface TotalCoverageParent extends CoverageTotals {
  readonly collectionId: number;
}

/** A mention in a text that is not stored. */
export interface ExtractedMentionParent {
  readonly mention: ExtractedMention;
  readonly measured: MeasuredText;
}

export type EntityTypePreviewParent = CollectionPreview;

/** A span of a preview. */
export interface PreviewMentionParent {
  readonly mention: PreviewMention;
  readonly question: PreviewQuestion;
}

/** Each field is resolved when it is asked for, for this collection. */
export interface StatusParent {
  readonly collectionId: number;
}
