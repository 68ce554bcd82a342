/**
 * What a type would find in a collection, from the ledgers of its documents: of a sample, which answers
 * soon, or of all. Nothing is stored.
 */
import type { EntityType } from '../core/document.ts';
import { appError } from '../core/errors.ts';
import type { Extractor } from '../ner/extractor.ts';
import {
  addPreviews,
  emptyPreview,
  type PreviewQuestion,
  type TypePreview,
} from '../ner/type-preview.ts';
import type { Database } from '../store/database.ts';
import { countDocuments } from '../store/documents.ts';
import { documentsToPreview, sampleToPreview } from '../store/ledgers.ts';
import type { Ledgers } from './ledgers.ts';

/** What previewing needs. */
export interface PreviewParts {
  readonly database: Database;
  readonly extractor: Extractor;
  readonly ledgers: Ledgers | null;
}

/** What is previewed. */
export interface PreviewQuery extends PreviewQuestion {
  readonly collectionId: number;
  readonly type: EntityType;
  /** At most so many documents, spread over the collection; undefined for all. */
  readonly sample: number | undefined;
}

/** The answer. */
export interface CollectionPreview extends TypePreview {
  readonly question: PreviewQuestion;
  /** Documents that were to be looked at and have no ledger. */
  readonly withoutLedger: number;
  /** Documents of the collection that have been read. */
  readonly total: number;
}

/** Documents whose ledgers a thread takes up at once. */
const documentsAtOnce = 64;
/** Calls under way: each thread has one in hand and one waiting. */
const callsAtOnce = 4;

/** Ids of the documents that are looked at, some at a time. */
async function* batches(
  database: Database,
  { collectionId, sample }: PreviewQuery,
): AsyncGenerator<readonly number[]> {
  if (sample !== undefined) {
    const ids = await sampleToPreview(database, collectionId, sample);
    for (let from = 0; from < ids.length; from += documentsAtOnce) {
      yield ids.slice(from, from + documentsAtOnce);
    }
    return;
  }
  for (let after = 0; ; ) {
    const page = { collectionId, after, limit: documentsAtOnce };
    const ids = await documentsToPreview(database, page);
    const last = ids.at(-1);
    if (last === undefined) return;
    yield ids;
    after = last;
  }
}

/**
 * What a type would find.
 *
 * Throws: LEDGER_MISSING when none of the documents that were to be looked at has a ledger.
 */
export async function previewType(
  { database, extractor, ledgers }: PreviewParts,
  query: PreviewQuery,
): Promise<CollectionPreview> {
  const { collectionId, type, offset, shown } = query;
  const question = { offset, shown };
  const [vector] = await extractor.encodeTypes([type]);
  const { DONE: total } = await countDocuments(database, collectionId);
  let preview = emptyPreview(question);
  let looked = 0;
  const source = batches(database, query);
  const work = async (): Promise<void> => {
    for (;;) {
      const { value: documentIds, done } = await source.next();
      if (done || !ledgers || !vector) return;
      const found = await ledgers.preview({ documentIds, vector, question });
      looked += documentIds.length;
      preview = addPreviews(question, preview, found);
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, work));
  if (preview.documents === 0) throw appError('LEDGER_MISSING', { documents: total });
  return { ...preview, question, total, withoutLedger: looked - preview.documents };
}
