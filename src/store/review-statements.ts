/**
 * Statements about reviews: what people decide about mentions. A place is a span of a document's text
 * and a type; of the verdicts about a place, the last of a review that was not undone stands.
 */

/** Spans of this window are there because a person says so: nobody read them. */
export const humanWindow = -2;

const isUndone = `EXISTS (SELECT 1 FROM review_undos u WHERE u.review_id = v.review_id)`;

const presentText = `(SELECT d.text_hash FROM documents d WHERE d.id = v.document_id)`;

const reviewColumns = `r.id, r.collection_id AS collectionId, r.decision, r.reviewer, r.note,
  r.mentions, r.model_id AS modelId, r.created_at AS createdAt, u.reviewer AS undoneBy,
  u.created_at AS undoneAt`;

const reviews = `reviews r LEFT JOIN review_undos u ON u.review_id = r.id`;

const verdictColumns = `v.id, v.review_id AS reviewId, v.document_id AS documentId, v.start, v."end",
  v.surface AS text, v.entity_type_id AS entityTypeId, v.type, v.state, v.source, v.score,
  v.threshold, v.margin, v.text_hash = ${presentText} AS isCurrent,
  iif(v.text_hash = ${presentText}, (SELECT m.id FROM spans s JOIN mentions m ON m.span_id = s.id
    WHERE s.document_id = v.document_id AND s.start = v.start AND s."end" = v."end"
    AND m.entity_type_id = v.entity_type_id ORDER BY m.margin DESC, m.id LIMIT 1), NULL)
    AS mentionId`;

const later = `w.document_id = v.document_id AND w.text_hash = v.text_hash AND w.start = v.start
  AND w."end" = v."end" AND w.entity_type_id = v.entity_type_id
  AND (w.review_id, w.id) > (v.review_id, v.id)
  AND NOT EXISTS (SELECT 1 FROM review_undos u WHERE u.review_id = w.review_id)`;

/** Verdicts (`v`) that stand, about the text that their document has now. */
export const stands = `v.text_hash = ${presentText} AND NOT ${isUndone}
  AND NOT EXISTS (SELECT 1 FROM verdicts w WHERE ${later})`;

const atPlace = `s.document_id = :documentId AND s.start = :start AND s."end" = :end
  AND m.entity_type_id = :entityTypeId`;

export const reviewStatements = {
  insertReview: `INSERT INTO reviews
    (collection_id, decision, reviewer, note, mentions, model_id, created_at)
    SELECT :collectionId, :decision, :reviewer, :note, :mentions,
    (SELECT bundle_id FROM model WHERE id = 1), :now`,
  insertUndo: `INSERT INTO review_undos (review_id, reviewer, created_at)
    VALUES (:id, :reviewer, :now)`,
  insertVerdict: `INSERT INTO verdicts (review_id, document_id, text_hash, start, "end", surface,
    entity_type_id, type, state, source, score, threshold, margin)
    SELECT :reviewId, d.id, d.text_hash, :start, :end, :surface, t.id, t.name, :state, :source,
    :score, :threshold, :margin FROM documents d, entity_types t
    WHERE d.id = :documentId AND t.id = :entityTypeId`,
  findReviews: `SELECT ${reviewColumns} FROM ${reviews}
    WHERE r.id IN (SELECT value FROM json_each(:ids))`,
  listReviews: `SELECT ${reviewColumns} FROM ${reviews}
    WHERE r.collection_id = :collectionId AND (:before IS NULL OR r.id < :before)
    AND (:documentId IS NULL OR r.id IN
      (SELECT v.review_id FROM verdicts v WHERE v.document_id = :documentId))
    ORDER BY r.id DESC LIMIT :limit`,
  verdictsOfReview: `SELECT ${verdictColumns} FROM verdicts v
    WHERE v.review_id = :reviewId AND v.id > :after ORDER BY v.id LIMIT :limit`,
  verdictsOfMentions: `SELECT m.id AS about, ${verdictColumns} FROM mentions m
    JOIN spans s ON s.id = m.span_id JOIN verdicts v ON v.document_id = m.document_id
    AND v.start = s.start AND v."end" = s."end" AND v.entity_type_id = m.entity_type_id
    WHERE m.id IN (SELECT value FROM json_each(:ids)) AND v.text_hash = ${presentText}
    ORDER BY v.review_id, v.id`,
  examplesOfType: `SELECT ${verdictColumns} FROM verdicts v WHERE v.entity_type_id = :entityTypeId
    AND v.id > :after AND ${stands} ORDER BY v.id LIMIT :limit`,
  // Of reviews that stand, about texts as they are now; another may have been made about the same place later
  decidedOfType: `SELECT v.id, v.surface
    FROM verdicts v JOIN documents d ON d.id = v.document_id AND d.text_hash = v.text_hash
    WHERE v.entity_type_id = :entityTypeId AND v.state = :state
    AND v.review_id NOT IN (SELECT review_id FROM review_undos)
    ORDER BY v.review_id DESC, v.id DESC`,
  isStanding: `SELECT 1 FROM verdicts v WHERE v.id = :id AND ${stands}`,
  examplesInSentences: `SELECT v.document_id AS documentId, v.state,
    in_sentence(d.text, json_array(v.start, v."end",
      coalesce((SELECT max(s.start) FROM sentences s
        WHERE s.document_id = v.document_id AND s.start <= v.start), 0),
      (SELECT min(s.start) FROM sentences s
        WHERE s.document_id = v.document_id AND s.start >= v."end"), :maxChars)) AS sentence
    FROM json_each(:ids) e JOIN verdicts v ON v.id = e.value JOIN documents d ON d.id = v.document_id
    ORDER BY e.key`,
  typesTaughtBy: `SELECT t.id FROM documents d JOIN entity_types t ON t.collection_id = d.collection_id
    WHERE d.id = :documentId AND EXISTS (SELECT 1 FROM json_each(t.examples) e
      WHERE e.value ->> 'documentId' = :documentId) ORDER BY t.id`,
  documentsOfReview: `SELECT DISTINCT document_id AS id FROM verdicts WHERE review_id = :id`,

  // What a higher offset of a type removes: nothing that a person accepted
  spansUpToMargin: `SELECT s.id, s.surface_form_id AS formId FROM spans s
    WHERE s.id IN (SELECT span_id FROM mentions WHERE entity_type_id = :entityTypeId
    AND source = 'MODEL' AND state <> 'ACCEPTED' AND margin <= :margin)`,
  deleteMentionsUpToMargin: `DELETE FROM mentions WHERE entity_type_id = :entityTypeId
    AND source = 'MODEL' AND state <> 'ACCEPTED' AND margin <= :margin`,

  // What stands in a document
  hasVerdicts: `SELECT 1 FROM verdicts WHERE document_id = :documentId LIMIT 1`,
  standingVerdicts: `SELECT ${verdictColumns} FROM verdicts v WHERE v.document_id = :documentId
    AND v.entity_type_id IS NOT NULL AND ${stands} ORDER BY v.start, v."end", v.id`,
  versionOfType: `SELECT version FROM entity_types WHERE id = :id`,
  forgetStates: `UPDATE mentions SET state = 'UNREVIEWED'
    WHERE document_id = :documentId AND state <> 'UNREVIEWED'`,
  setState: `UPDATE mentions SET state = :state WHERE document_id = :documentId
    AND entity_type_id = :entityTypeId AND span_id IN (SELECT s.id FROM spans s
    WHERE s.document_id = :documentId AND s.start = :start AND s."end" = :end)`,
  mentionsAtPlace: `SELECT m.id, m.source, m.score, m.threshold, m.margin, s.window
    FROM spans s JOIN mentions m ON m.span_id = s.id WHERE ${atPlace}
    ORDER BY m.source <> 'MODEL', m.margin DESC, m.id`,
  humanMentions: `SELECT m.id, s.start, s."end", m.entity_type_id AS entityTypeId, m.source, m.score,
    m.threshold, m.margin FROM spans s JOIN mentions m ON m.span_id = s.id
    WHERE s.document_id = :documentId AND s.window = ${humanWindow}`,
  deleteMention: `DELETE FROM mentions WHERE id = :id`,
  mentionsToReview: `SELECT m.id, m.document_id AS documentId, d.collection_id AS collectionId,
    s.start, s."end", s.surface, m.entity_type_id AS entityTypeId
    FROM mentions m JOIN spans s ON s.id = m.span_id JOIN documents d ON d.id = m.document_id
    WHERE m.id IN (SELECT value FROM json_each(:ids)) ORDER BY m.id`,

  // Another text
  textVersion: `SELECT text, text_hash AS textHash FROM documents WHERE id = :id`,
  verdictsToCarry: `SELECT v.id, v.start, v."end", v.surface FROM verdicts v
    WHERE v.document_id = :documentId AND v.text_hash = :from AND NOT ${isUndone} ORDER BY v.id`,
  carryVerdict: `INSERT INTO verdicts (review_id, document_id, text_hash, start, "end", surface,
    entity_type_id, type, state, source, score, threshold, margin)
    SELECT v.review_id, v.document_id, :to, :start, :end, v.surface, v.entity_type_id, v.type,
    v.state, v.source, v.score, v.threshold, v.margin FROM verdicts v WHERE v.id = :id
    AND NOT EXISTS (SELECT 1 FROM verdicts w WHERE w.document_id = v.document_id
      AND w.text_hash = :to AND w.start = :start AND w."end" = :end
      AND w.entity_type_id IS v.entity_type_id AND w.review_id = v.review_id)`,
  reviewsOfDocument: `SELECT DISTINCT review_id AS id FROM verdicts WHERE document_id = :documentId`,
  deleteVerdicts: `DELETE FROM verdicts WHERE document_id = :documentId`,
  deleteEmptyReviews: `DELETE FROM reviews WHERE id IN (SELECT value FROM json_each(:ids))
    AND NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.review_id = reviews.id)`,
} as const;
