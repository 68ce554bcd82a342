/**
 * Rows that an operation asks for by id, read together and once.
 */
import DataLoader from 'dataloader';
import { dropsOfDocuments, fileDropsOfDocuments } from '../store/coverage.ts';
import type { Database } from '../store/database.ts';
import { countWindows, countWords } from '../store/document-lookup.ts';
import { findDocuments, readTexts } from '../store/documents.ts';
import type { FileDrop } from '../store/drafts.ts';
import type { DropSum } from '../store/drop-sums.ts';
import { findEntityTypes, progressOfTypes, type TypeProgress } from '../store/entity-types.ts';
import { findJobs } from '../store/ingest-jobs.ts';
import type { JobRecord } from '../store/job-records.ts';
import { findMentions, mentionsOfDocuments } from '../store/mentions.ts';
import { pageStartsOfDocuments } from '../store/page-starts.ts';
import type { DocumentRecord, EntityTypeRecord, MentionRecord } from '../store/records.ts';
import type { ReviewRecord, VerdictRecord } from '../store/review-records.ts';
import { findReviews, verdictsOfMentions } from '../store/reviews.ts';
import {
  conceptsOfMentions,
  findVocabularies,
  progressOfVocabularies,
} from '../store/vocabularies.ts';
import type {
  ProposedConcept,
  VocabularyProgress,
  VocabularyRecord,
} from '../store/vocabulary-records.ts';
import { type MeasuredText, measureText } from './offsets.ts';

/** By row id; null where there is no such row. */
type ById<Row> = DataLoader<number, Row | null>;

/** The loaders of one operation. */
export interface Loaders {
  readonly documents: ById<DocumentRecord>;
  readonly texts: ById<MeasuredText>;
  /** Where the pages of a document begin; null for a text without pages. */
  readonly pageStarts: ById<readonly number[]>;
  /** In how many windows a document was read; null for none. */
  readonly windowCounts: ById<number>;
  /** How many words a document has; null where nobody has counted. */
  readonly wordCounts: ById<number>;
  /** What was dropped of a document and its file, by reason; null for nothing. */
  readonly dropSums: ById<readonly DropSum[]>;
  /** The first parts that a document's file holds beside its text; null for none. */
  readonly fileDrops: ById<readonly FileDrop[]>;
  readonly entityTypes: ById<EntityTypeRecord>;
  readonly typeProgress: ById<TypeProgress>;
  readonly jobs: ById<JobRecord>;
  readonly mentions: ById<MentionRecord>;
  readonly reviews: ById<ReviewRecord>;
  /** What was said of a mention, by the mention's id. */
  readonly verdicts: ById<readonly VerdictRecord[]>;
  readonly vocabularies: ById<VocabularyRecord>;
  readonly vocabularyProgress: ById<VocabularyProgress>;
  /** What is proposed for a mention, by the mention's id. */
  readonly concepts: ById<ProposedConcept>;
  /** Every mention of a document, in reading order. */
  readonly mentionsOfDocument: ById<readonly MentionRecord[]>;
}

const byId = <Row>(
  read: (ids: readonly number[]) => Promise<ReadonlyMap<number, Row>>,
): ById<Row> =>
  new DataLoader(async (ids: readonly number[]) => {
    const rows = await read(ids);
    return ids.map((id) => rows.get(id) ?? null);
  });

async function measuredTexts(
  database: Database,
  ids: readonly number[],
): Promise<Map<number, MeasuredText>> {
  const texts = await readTexts(database, ids);
  return new Map([...texts].map(([id, text]) => [id, measureText(text)]));
}

/** Loaders for one operation: what they have read stays as it was. */
export function createLoaders({ database }: { readonly database: Database }): Loaders {
  return {
    documents: byId((ids) => findDocuments(database, ids)),
    windowCounts: byId((ids) => countWindows(database, ids)),
    wordCounts: byId((ids) => countWords(database, ids)),
    dropSums: byId((ids) => dropsOfDocuments(database, ids)),
    fileDrops: byId((ids) => fileDropsOfDocuments(database, ids)),
    texts: byId((ids) => measuredTexts(database, ids)),
    pageStarts: byId((ids) => pageStartsOfDocuments(database, ids)),
    entityTypes: byId((ids) => findEntityTypes(database, ids)),
    typeProgress: byId((ids) => progressOfTypes(database, ids)),
    jobs: byId((ids) => findJobs(database, ids)),
    mentions: byId((ids) => findMentions(database, ids)),
    reviews: byId((ids) => findReviews(database, ids)),
    verdicts: byId((ids) => verdictsOfMentions(database, ids)),
    vocabularies: byId((ids) => findVocabularies(database, ids)),
    vocabularyProgress: byId((ids) => progressOfVocabularies(database, ids)),
    concepts: byId((ids) => conceptsOfMentions(database, ids)),
    mentionsOfDocument: byId((ids) => mentionsOfDocuments(database, ids)),
  };
}
