/**
 * Vocabularies of collections, and which of their concepts is proposed for each mention. A document whose
 * mentions, or what they may denote, have changed waits to be linked; until then it has the proposals of
 * before.
 */
import type { Database } from './database.ts';
import { buffersOf, packVectors } from './packed-vectors.ts';
import { type Page, type PageRequest, pageOf } from './records.ts';
import type { StoredVector } from './vectors.ts';
import type {
  LinkedDocument,
  ProposedConcept,
  UnlinkedDocument,
  VocabularyDraft,
  VocabularyProgress,
  VocabularyRecord,
} from './vocabulary-records.ts';

type VocabularyRow = Omit<VocabularyRecord, 'typeIds' | 'createdAt' | 'updatedAt'> & {
  /** A JSON array. */
  readonly typeIds: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
};

const toRecord = ({ typeIds, createdAt, updatedAt, ...row }: VocabularyRow): VocabularyRecord => ({
  ...row,
  typeIds: typeIds === null ? null : (JSON.parse(typeIds) as number[]),
  createdAt: new Date(createdAt),
  updatedAt: new Date(updatedAt),
});

/**
 * Keeps a vocabulary in the place of the one that had its name, all of it or nothing. Gives its row.
 *
 * Throws: ARGUMENT_INVALID when the collection has too many.
 */
export const importVocabulary = ({ writer }: Database, draft: VocabularyDraft): Promise<number> =>
  writer.write('importVocabulary', draft);

/** Deletes a vocabulary with all that is proposed by it. Returns whether it was there. */
export const deleteVocabulary = ({ writer }: Database, id: number): Promise<boolean> =>
  writer.write('deleteVocabulary', id);

/** The vocabularies with these rows that exist, by row. */
export async function findVocabularies(
  { reader }: Database,
  ids: readonly number[],
): Promise<Map<number, VocabularyRecord>> {
  const rows = await reader.all<VocabularyRow>('findVocabularies', { ids: JSON.stringify(ids) });
  return new Map(rows.map((row) => [row.id, toRecord(row)]));
}

/** A page of the vocabularies of a collection, oldest first. */
export async function listVocabularies(
  { reader }: Database,
  collectionId: number,
  { first, after }: PageRequest,
): Promise<Page<VocabularyRecord>> {
  const page = { collectionId, after: after ?? 0, limit: first + 1 };
  return pageOf((await reader.all<VocabularyRow>('listVocabularies', page)).map(toRecord), first);
}

/** How far each of these vocabularies is, by row. */
export async function progressOfVocabularies(
  { reader }: Database,
  ids: readonly number[],
): Promise<Map<number, VocabularyProgress>> {
  type Row = VocabularyProgress & { readonly id: number };
  const rows = await reader.all<Row>('vocabularyProgress', { ids: JSON.stringify(ids) });
  return new Map(rows.map((row) => [row.id, row]));
}

/** What is proposed for these mentions, by mention; nothing for those that have no proposal. */
export async function conceptsOfMentions(
  { reader }: Database,
  ids: readonly number[],
): Promise<Map<number, ProposedConcept>> {
  type Row = ProposedConcept & { readonly mentionId: number };
  const rows = await reader.all<Row>('conceptsOfMentions', { ids: JSON.stringify(ids) });
  return new Map(rows.map(({ mentionId, ...concept }) => [mentionId, concept]));
}

/** Names of vocabularies that have no meaning vector yet. */
export const namesToEncode = (
  { reader }: Database,
  limit: number,
): Promise<{ id: number; text: string }[]> => reader.all('namesToEncode', { limit });

/** Stores meaning vectors of names that have none. */
export async function putNameMeanings(
  { writer }: Database,
  meanings: readonly StoredVector[],
): Promise<void> {
  const ids = meanings.map(({ id }) => id);
  const vectors = packVectors(meanings.map(({ vector }) => vector));
  await writer.write('putNameMeanings', { ids, vectors }, buffersOf(vectors));
}

/** Some of the documents that wait for proposals, all of one collection. */
export const unlinkedDocuments = (
  { reader }: Database,
  limit: number,
): Promise<UnlinkedDocument[]> => reader.all('unlinkedDocuments', { limit });

/** Stores proposals, but of documents that have changed since. Gives how many it was done for. */
export const putProposals = (
  { writer }: Database,
  documents: readonly LinkedDocument[],
): Promise<number> => writer.write('putProposals', documents);
