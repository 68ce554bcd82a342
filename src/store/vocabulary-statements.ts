/** Statements about vocabularies, and about which of their concepts is proposed for a mention. */

const vocabularyColumns = `v.id, v.collection_id AS collectionId, v.name, v.version,
  v.created_at AS createdAt, v.updated_at AS updatedAt,
  iif(v.is_limited, (SELECT json_group_array(t.entity_type_id) FROM vocabulary_types t
    WHERE t.vocabulary_id = v.id), NULL) AS typeIds`;

const countedVocabularies = `SELECT ${vocabularyColumns},
  (SELECT count(*) FROM concepts c WHERE c.vocabulary_id = v.id) AS conceptCount
  FROM vocabularies v`;

export const vocabularyStatements = {
  // Vocabularies
  findVocabularyByName: `SELECT v.id FROM vocabularies v
    WHERE v.collection_id = :collectionId AND v.name = :name`,
  countVocabularies: `SELECT count(*) AS count FROM vocabularies
    WHERE collection_id = :collectionId`,
  findVocabularies: `${countedVocabularies} WHERE v.id IN (SELECT value FROM json_each(:ids))`,
  listVocabularies: `${countedVocabularies} WHERE v.collection_id = :collectionId
    AND v.id > :after ORDER BY v.id LIMIT :limit`,
  insertVocabulary: `INSERT INTO vocabularies
    (collection_id, name, is_limited, created_at, updated_at)
    VALUES (:collectionId, :name, :isLimited, :now, :now)`,
  renewVocabulary: `UPDATE vocabularies SET version = version + 1, is_limited = :isLimited,
    updated_at = :now WHERE id = :id`,
  deleteVocabulary: `DELETE FROM vocabularies WHERE id = :id`,
  deleteVocabularyTypes: `DELETE FROM vocabulary_types WHERE vocabulary_id = :id`,
  insertVocabularyTypes: `INSERT INTO vocabulary_types (vocabulary_id, entity_type_id)
    SELECT :id, t.id FROM entity_types t WHERE t.id IN (SELECT value FROM json_each(:typeIds))`,
  putConcept: `INSERT INTO concepts (vocabulary_id, key, name) VALUES (:vocabularyId, :key, :name)
    ON CONFLICT (vocabulary_id, key) DO UPDATE SET name = excluded.name RETURNING id`,
  // A name that stays keeps its vector.
  putConceptName: `INSERT INTO concept_names (vocabulary_id, form, concept_id, method)
    VALUES (:vocabularyId, :form, :conceptId, :method)
    ON CONFLICT (vocabulary_id, form) DO UPDATE
    SET concept_id = excluded.concept_id, method = excluded.method`,
  deleteOtherNames: `DELETE FROM concept_names WHERE vocabulary_id = :id
    AND form NOT IN (SELECT value FROM json_each(:forms))`,
  deleteOtherConcepts: `DELETE FROM concepts WHERE vocabulary_id = :id
    AND key NOT IN (SELECT value FROM json_each(:keys))`,

  // Vectors of names
  namesToEncode: `SELECT id, form AS text FROM concept_names WHERE meaning_vector IS NULL
    ORDER BY vocabulary_id, id LIMIT :limit`,
  setNameMeaning: `UPDATE concept_names SET meaning_vector = :vector
    WHERE id = :id AND meaning_vector IS NULL`,
  highestName: `SELECT coalesce(max(id), 0) AS id FROM concept_names`,
  clearNames: `UPDATE concept_names SET meaning_vector = NULL WHERE id > :after
    AND id <= :through AND meaning_vector IS NOT NULL`,

  // What waits for proposals
  unlinkCollection: `INSERT INTO unlinked_documents (document_id, collection_id)
    SELECT d.id, d.collection_id FROM documents d WHERE d.collection_id = :collectionId
    AND EXISTS (SELECT 1 FROM mentions m WHERE m.document_id = d.id)
    ON CONFLICT (document_id) DO UPDATE SET revision = revision + 1`,
  unlinkEverything: `INSERT INTO unlinked_documents (document_id, collection_id)
    SELECT d.id, d.collection_id FROM documents d
    WHERE d.collection_id IN (SELECT collection_id FROM vocabularies)
    AND EXISTS (SELECT 1 FROM mentions m WHERE m.document_id = d.id)
    ON CONFLICT (document_id) DO UPDATE SET revision = revision + 1`,
  forgetUnlinked: `DELETE FROM unlinked_documents WHERE collection_id = :collectionId`,
  // Of one collection: the names of its vocabularies are in memory while it is linked.
  unlinkedDocuments: `SELECT document_id AS id, collection_id AS collectionId, revision
    FROM unlinked_documents
    WHERE collection_id = (SELECT min(collection_id) FROM unlinked_documents)
    ORDER BY document_id LIMIT :limit`,
  vocabularyProgress: `SELECT v.id,
    (SELECT count(*) FROM concept_names n WHERE n.vocabulary_id = v.id) AS namesTotal,
    (SELECT count(*) FROM concept_names n WHERE n.vocabulary_id = v.id
      AND n.meaning_vector IS NULL) AS namesWaiting,
    (SELECT coalesce(sum(t.documents), 0) FROM collection_totals t
      WHERE t.collection_id = v.collection_id) AS documentsTotal,
    (SELECT count(*) FROM unlinked_documents u
      WHERE u.collection_id = v.collection_id) AS documentsWaiting
    FROM vocabularies v WHERE v.id IN (SELECT value FROM json_each(:ids))`,

  // Linking
  vocabulariesToLink: `SELECT ${vocabularyColumns} FROM vocabularies v
    WHERE v.collection_id = :collectionId ORDER BY v.id`,
  namesOfVocabulary: `SELECT form, concept_id AS concept, method, meaning_vector AS vector
    FROM concept_names WHERE vocabulary_id = :id ORDER BY id`,
  mentionsToLink: `SELECT m.id, m.entity_type_id AS typeId, s.surface AS text
    FROM mentions m JOIN spans s ON s.id = m.span_id WHERE m.document_id = :documentId
    ORDER BY m.id`,
  meaningsOfForms: `SELECT text, meaning_vector AS vector FROM surface_forms
    WHERE meaning_vector IS NOT NULL AND text IN (SELECT value FROM json_each(:forms))`,

  // Proposals
  takeUnlinked: `DELETE FROM unlinked_documents
    WHERE document_id = :documentId AND revision = :revision`,
  deleteProposals: `DELETE FROM mention_concepts
    WHERE mention_id IN (SELECT id FROM mentions WHERE document_id = :documentId)`,
  insertProposal: `INSERT INTO mention_concepts (mention_id, concept_id, matched_by, similarity)
    VALUES (:mentionId, :conceptId, :matchedBy, :similarity)`,
  conceptsOfMentions: `SELECT l.mention_id AS mentionId, c.key AS id, c.name,
    v.name AS vocabulary, l.matched_by AS matchedBy, l.similarity
    FROM mention_concepts l JOIN concepts c ON c.id = l.concept_id
    JOIN vocabularies v ON v.id = c.vocabulary_id
    WHERE l.mention_id IN (SELECT value FROM json_each(:ids))`,
} as const;
