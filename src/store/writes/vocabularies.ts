/** Vocabularies kept and deleted, and what is proposed by them. */
import { appError } from '../../core/errors.ts';
import { invariant } from '../../core/invariant.ts';
import { toBlob } from '../blobs.ts';
import type { SqlConnection, VectorRows } from '../connection.ts';
import { unpackVectors } from '../packed-vectors.ts';
import type { LinkedDocument, VocabularyDraft } from '../vocabulary-records.ts';

/** Most vocabularies of a collection: each mention is compared with all of them. */
const maxVocabularies = 20;

/** Throws: ARGUMENT_INVALID. */
function checkRoom(writer: SqlConnection, { collectionId, name }: VocabularyDraft): void {
  const { count } = writer.get<{ count: number }>('countVocabularies', { collectionId }) ?? {
    count: 0,
  };
  if (count < maxVocabularies) return;
  const rule = `one of the ${maxVocabularies} vocabularies that a collection may have`;
  throw appError('ARGUMENT_INVALID', { argument: 'name', rule, value: name });
}

/** The row of a vocabulary, made where there is none. */
function putVocabulary(writer: SqlConnection, draft: VocabularyDraft): number {
  const { collectionId, name, typeIds } = draft;
  const now = Date.now();
  const isLimited = typeIds === null ? 0 : 1;
  const known = writer.get<{ id: number }>('findVocabularyByName', { collectionId, name });
  if (known) {
    writer.run('renewVocabulary', { id: known.id, isLimited, now });
    writer.run('deleteVocabularyTypes', { id: known.id });
  } else {
    checkRoom(writer, draft);
  }
  const row = { collectionId, name, isLimited, now };
  const id = known?.id ?? writer.run('insertVocabulary', row).lastId;
  writer.run('insertVocabularyTypes', { id, typeIds: JSON.stringify(typeIds ?? []) });
  return id;
}

function putConcepts(
  writer: SqlConnection,
  vocabularyId: number,
  { concepts, names }: VocabularyDraft,
): void {
  const rows = concepts.map(({ id: key, name }) => {
    const row = writer.get<{ id: number }>('putConcept', { vocabularyId, key, name });
    invariant(row, 'A concept that was put is there.');
    return row.id;
  });
  for (const { form, concept, method } of names) {
    writer.run('putConceptName', { vocabularyId, form, conceptId: rows[concept] ?? 0, method });
  }
  const forms = JSON.stringify(names.map(({ form }) => form));
  writer.run('deleteOtherNames', { id: vocabularyId, forms });
  const keys = JSON.stringify(concepts.map(({ id }) => id));
  writer.run('deleteOtherConcepts', { id: vocabularyId, keys });
}

/**
 * Keeps a vocabulary in the place of the one that had its name, all of it or nothing. Mentions of a
 * concept that stays keep it until their documents are linked anew. Returns its row.
 *
 * Throws: ARGUMENT_INVALID when the collection has too many.
 */
export const importVocabulary = (writer: SqlConnection, draft: VocabularyDraft): number =>
  writer.transaction(() => {
    const id = putVocabulary(writer, draft);
    putConcepts(writer, id, draft);
    writer.run('unlinkCollection', { collectionId: draft.collectionId });
    return id;
  });

/** Deletes a vocabulary with all that is proposed by it. Returns whether it was there. */
export const deleteVocabulary = (writer: SqlConnection, id: number): boolean =>
  writer.transaction(() => {
    const [known] = writer.query<{ collectionId: number }>(
      'SELECT collection_id AS collectionId FROM vocabularies WHERE id = :id',
      { id },
    );
    if (!known) return false;
    writer.run('deleteVocabulary', { id });
    const { collectionId } = known;
    const left = writer.get<{ count: number }>('countVocabularies', { collectionId });
    writer.run(left?.count ? 'unlinkCollection' : 'forgetUnlinked', { collectionId });
    return true;
  });

/** Stores meaning vectors of names that have none. */
export const putNameMeanings = (writer: SqlConnection, { ids, vectors }: VectorRows): void =>
  writer.transaction(() => {
    for (const [i, vector] of unpackVectors(vectors).entries()) {
      writer.run('setNameMeaning', { id: ids[i] ?? 0, vector: toBlob(vector) });
    }
  });

/**
 * Replaces what is proposed for the mentions of documents, but of those that have changed since. Returns
 * how many it was done for.
 */
export const putProposals = (writer: SqlConnection, documents: readonly LinkedDocument[]): number =>
  writer.transaction(
    () =>
      documents.filter(({ id: documentId, revision, links }) => {
        if (writer.run('takeUnlinked', { documentId, revision }).changes === 0) return false;
        writer.run('deleteProposals', { documentId });
        for (const link of links) writer.run('insertProposal', { ...link });
        return true;
      }).length,
  );
