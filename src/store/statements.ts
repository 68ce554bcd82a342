/**
 * Every prepared statement of the store, by name. Lists travel as JSON (`json_each`), so that a
 * statement is prepared once whatever the number of its values.
 *
 * Words: the columns are those of prisma/models.prisma; times are milliseconds since 1970.
 */
import { claimStatements } from './claim-statements.ts';
import { coverageStatements } from './coverage-statements.ts';
import { jobStatements } from './job-statements.ts';
import { ledgerStatements } from './ledger-statements.ts';
import { pageStatements } from './page-statements.ts';
import { reviewStatements } from './review-statements.ts';
import { thresholdStatements } from './threshold-statements.ts';
import { vocabularyStatements } from './vocabulary-statements.ts';
import { isReadWhole } from './whole-reading.ts';

const removableSpans = `
  SELECT s.id FROM spans s WHERE s.id IN (SELECT value FROM json_each(:spanIds))
  AND NOT EXISTS (SELECT 1 FROM mentions m WHERE m.span_id = s.id)`;

const unusedForms = `
  SELECT f.id FROM surface_forms f WHERE f.id IN (SELECT value FROM json_each(:formIds))
  AND NOT EXISTS (SELECT 1 FROM spans s WHERE s.surface_form_id = f.id)`;

/** The last number that was given, whatever has been pruned since. */
const lastSequence = `coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'index_log'), 0)`;

const typeColumns = `id, collection_id AS collectionId, name, description, examples, version, "offset",
  vector, created_at AS createdAt, updated_at AS updatedAt`;

/** The hash of what was given last, which may wait to replace what is there. */
const knownDocument = `SELECT d.id, coalesce(r.text_hash, d.text_hash) AS textHash,
  d.text_hash AS presentHash, r.document_id IS NOT NULL AS isReplaced,
  d.read_at IS NOT NULL AS isRead, d.state
  FROM documents d LEFT JOIN document_replacements r ON r.document_id = d.id`;

const spanColumns = `s.id, s.document_id AS documentId, s.start, s."end", s.window, s.surface,
  s.surface_form_id AS surfaceFormId, s.type_vector AS typeVector,
  w.threshold_vector AS thresholdVector`;

const spansWithWindows = `spans s
  LEFT JOIN windows w ON w.document_id = s.document_id AND w.position = s.window`;

export const statements = {
  ...claimStatements,
  ...coverageStatements,
  ...jobStatements,
  ...ledgerStatements,
  ...pageStatements,
  ...thresholdStatements,
  ...reviewStatements,
  ...vocabularyStatements,

  // Migrations
  listMigrations: `SELECT migration_name, checksum, finished_at FROM _prisma_migrations
    WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  insertMigration: `INSERT INTO _prisma_migrations
    (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
    VALUES (:id, :checksum, :name, :startedAt, :finishedAt, 1)`,

  // Documents
  findByExternalId: `${knownDocument}
    WHERE d.collection_id = :collectionId AND d.external_id = :externalId`,
  findByText: `${knownDocument}
    WHERE d.collection_id = :collectionId AND d.external_id IS NULL AND d.text_hash = :textHash`,
  insertDocument: `INSERT INTO documents (collection_id, external_id, text_hash, title, metadata,
    state, priority, queued_at, available_at, created_at, updated_at, text)
    VALUES (:collectionId, :externalId, :textHash, :title, :metadata,
    'QUEUED', :priority, :now, 0, :now, :now, :text)`,
  replaceText: `UPDATE documents SET text = :text, text_hash = :textHash, characters = 0,
    characters_read = 0, tokens = 0, unknown_tokens = 0, dropped = '[]', read_at = NULL,
    updated_at = :now WHERE id = :id`,
  deleteSentences: `DELETE FROM sentences WHERE document_id = :id`,
  insertSentences: `INSERT INTO sentences (document_id, start)
    SELECT :id, value FROM json_each(sentence_starts(:text))`,
  queueDocument: `UPDATE documents SET state = 'QUEUED', priority = :priority, queued_at = :now,
    available_at = 0, attempts = 0, lease_token = NULL, lease_until = NULL, error_code = NULL,
    error_message = NULL, types_revision = -1, updated_at = :now WHERE id = :id`,
  raisePriority: `UPDATE documents SET priority = max(priority, :priority)
    WHERE id = :id AND state IN ('QUEUED', 'RUNNING')`,
  describeDocument: `UPDATE documents SET title = coalesce(:title, title),
    metadata = coalesce(:metadata, metadata), updated_at = :now
    WHERE id = :id AND (coalesce(:title, title) IS NOT title
    OR coalesce(:metadata, metadata) IS NOT metadata)`,
  putReplacement: `INSERT INTO document_replacements
    (document_id, text_hash, title, metadata, mentions, created_at, text, drops, page_starts)
    VALUES (:id, :textHash, :title, :metadata, :mentions, :now, :text, :drops, :pageStarts)
    ON CONFLICT (document_id) DO UPDATE SET text_hash = excluded.text_hash,
    title = excluded.title, metadata = excluded.metadata, mentions = excluded.mentions,
    created_at = excluded.created_at, text = excluded.text, drops = excluded.drops,
    page_starts = excluded.page_starts`,
  describeReplacement: `UPDATE document_replacements SET title = coalesce(:title, title),
    metadata = coalesce(:metadata, metadata), mentions = coalesce(:mentions, mentions),
    drops = iif(:hasDrops, :drops, drops),
    page_starts = iif(:hasPages, :pageStarts, page_starts) WHERE document_id = :id`,
  findReplacement: `SELECT text_hash AS textHash, title, metadata, mentions, text, drops,
    page_starts AS pageStarts FROM document_replacements WHERE document_id = :id`,
  deleteReplacement: `DELETE FROM document_replacements WHERE document_id = :id`,
  restoreReading: `UPDATE documents SET state = 'DONE', priority = 0, attempts = 0,
    available_at = 0, lease_token = NULL, lease_until = NULL, error_code = NULL,
    error_message = NULL, types_revision = -1 WHERE id = :id AND ${isReadWhole}`,
  deleteDocument: `DELETE FROM documents WHERE id = :id`,
  documentText: `SELECT text FROM documents WHERE id = :id`,
  collectionOf: `SELECT collection_id AS collectionId FROM documents WHERE id = :id`,
  documentCounts: `SELECT state, documents AS count FROM collection_totals
    WHERE collection_id = :collectionId`,

  // What was read of a document
  insertWindow: `INSERT INTO windows (document_id, position, start, end, tokens, threshold_vector)
    VALUES (:documentId, :position, :start, :end, :tokens, :vector)`,
  deleteWindows: `DELETE FROM windows WHERE document_id = :documentId`,
  findForm: `SELECT id, meaning_vector IS NOT NULL AS isEncoded FROM surface_forms
    WHERE text = :text`,
  insertForm: `INSERT INTO surface_forms (text) VALUES (:text)`,
  setMeaning: `UPDATE surface_forms SET meaning_vector = :vector
    WHERE id = :id AND meaning_vector IS NULL`,
  findSpan: `SELECT id, type_vector IS NOT NULL AS isEncoded FROM spans
    WHERE document_id = :documentId AND start = :start AND end = :end AND window = :window`,
  insertSpan: `INSERT INTO spans
    (document_id, start, end, window, surface, surface_form_id, type_vector)
    VALUES (:documentId, :start, :end, :window, :surface, :formId, :vector)`,
  setTypeVector: `UPDATE spans SET type_vector = :vector WHERE id = :id`,
  insertMention: `INSERT INTO mentions (span_id, document_id, entity_type_id, type_version, score,
    threshold, margin, source, created_at, stated_concept)
    VALUES (:spanId, :documentId, :entityTypeId, :typeVersion, :score, :threshold, :margin,
    :source, :now, :concept) ON CONFLICT (span_id, entity_type_id) DO NOTHING`,
  spansOfDocument: `SELECT id, surface_form_id AS formId FROM spans WHERE document_id = :documentId`,
  spansOfType: `SELECT s.id, s.surface_form_id AS formId FROM spans s
    WHERE s.id IN (SELECT span_id FROM mentions WHERE entity_type_id = :entityTypeId)`,
  deleteMentionsOfDocument: `DELETE FROM mentions WHERE document_id = :documentId`,
  deleteModelMentions: `DELETE FROM mentions WHERE document_id = :documentId
    AND source = 'MODEL' AND entity_type_id IN (SELECT value FROM json_each(:typeIds))`,
  deleteAllModelMentions: `DELETE FROM mentions WHERE document_id = :documentId
    AND source = 'MODEL'`,
  deleteImportedMentions: `DELETE FROM mentions WHERE document_id = :documentId
    AND source = 'IMPORT'`,
  deleteMentionsOfType: `DELETE FROM mentions WHERE entity_type_id = :entityTypeId`,
  logRemovedSpans: `INSERT INTO index_log (space, op, vector_id)
    SELECT 'TYPE', 'REMOVE', id FROM spans WHERE type_vector IS NOT NULL
    AND id IN (${removableSpans})`,
  deleteSpans: `DELETE FROM spans WHERE id IN (${removableSpans})`,
  logRemovedForms: `INSERT INTO index_log (space, op, vector_id)
    SELECT 'MEANING', 'REMOVE', id FROM surface_forms WHERE meaning_vector IS NOT NULL
    AND id IN (${unusedForms})`,
  deleteForms: `DELETE FROM surface_forms WHERE id IN (${unusedForms})`,
  logPut: `INSERT INTO index_log (space, op, vector_id) VALUES (:space, 'PUT', :id)`,
  setDocumentType: `INSERT INTO document_types (document_id, entity_type_id, version)
    SELECT :documentId, id, :version FROM entity_types WHERE id = :entityTypeId
    ON CONFLICT (document_id, entity_type_id) DO UPDATE SET version = excluded.version`,
  deleteDocumentTypes: `DELETE FROM document_types WHERE document_id = :documentId`,

  // Entity types
  missingTypes: `SELECT ${typeColumns} FROM entity_types t WHERE t.collection_id = :collectionId
    AND NOT EXISTS (SELECT 1 FROM document_types dt WHERE dt.document_id = :documentId
    AND dt.entity_type_id = t.id AND dt.version = t.version) ORDER BY t.id`,
  typesOfCollection: `SELECT ${typeColumns} FROM entity_types
    WHERE collection_id = :collectionId ORDER BY id`,
  countTypes: `SELECT count(*) AS count FROM entity_types WHERE collection_id = :collectionId`,
  insertType: `INSERT INTO entity_types
    (collection_id, name, description, examples, "offset", created_at, updated_at)
    VALUES (:collectionId, :name, :description, :examples, :offset, :now, :now)`,
  updateType: `UPDATE entity_types SET name = :name, description = :description, examples = :examples,
    "offset" = :offset, version = :version, vector = iif(version = :version, vector, NULL), updated_at = :now
    WHERE id = :id`,
  setEntityTypeVector: `UPDATE entity_types SET vector = :vector
    WHERE id = :id AND version = :version`,
  deleteType: `DELETE FROM entity_types WHERE id = :id`,
  findTypeByName: `SELECT ${typeColumns} FROM entity_types
    WHERE collection_id = :collectionId AND name = :name`,
  findType: `SELECT ${typeColumns} FROM entity_types WHERE id = :id`,
  findTypes: `SELECT ${typeColumns} FROM entity_types
    WHERE id IN (SELECT value FROM json_each(:ids))`,
  raiseTypesRevision: `UPDATE collections SET types_revision = types_revision + 1 WHERE id = :id`,
  documentsScored: `SELECT t.id, (SELECT count(*) FROM document_types dt
    WHERE dt.entity_type_id = t.id AND dt.version = t.version) AS scored
    FROM entity_types t WHERE t.id IN (SELECT value FROM json_each(:ids))`,
  documentsTotal: `SELECT t.id, (SELECT coalesce(sum(c.documents), 0) FROM collection_totals c
    WHERE c.collection_id = t.collection_id AND c.state <> 'FAILED') AS total
    FROM entity_types t WHERE t.id IN (SELECT value FROM json_each(:ids))`,

  // Vectors
  formsToEncode: `SELECT id, text FROM surface_forms WHERE meaning_vector IS NULL
    AND (SELECT id FROM surface_forms WHERE meaning_vector IS NULL ORDER BY id
      LIMIT 1 OFFSET :mayWait) IS NOT NULL
    ORDER BY id LIMIT :limit`,
  encodedForms: `SELECT text FROM surface_forms WHERE meaning_vector IS NOT NULL
    AND text IN (SELECT value FROM json_each(:texts))`,
  typeVectors: `SELECT id, type_vector AS vector FROM spans WHERE type_vector IS NOT NULL
    AND id IN (SELECT value FROM json_each(:ids)) ORDER BY id`,
  meaningVectors: `SELECT id, meaning_vector AS vector FROM surface_forms
    WHERE meaning_vector IS NOT NULL AND id IN (SELECT value FROM json_each(:ids)) ORDER BY id`,
  allTypeVectors: `SELECT id, type_vector AS vector FROM spans WHERE type_vector IS NOT NULL
    AND id > :after ORDER BY id LIMIT :limit`,
  allMeaningVectors: `SELECT id, meaning_vector AS vector FROM surface_forms
    WHERE meaning_vector IS NOT NULL AND id > :after ORDER BY id LIMIT :limit`,
  countTypeVectors: `SELECT count(*) AS count FROM spans WHERE type_vector IS NOT NULL`,
  countMeaningVectors: `SELECT count(*) AS count FROM surface_forms
    WHERE meaning_vector IS NOT NULL`,
  readSpans: `SELECT ${spanColumns} FROM ${spansWithWindows}
    WHERE s.id IN (SELECT value FROM json_each(:ids)) ORDER BY s.id`,
  readForms: `SELECT id, text, meaning_vector AS vector FROM surface_forms
    WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id`,

  // Index log
  // One row without a change when there is none.
  changesAfter: `SELECT s.pruned_through AS pruned, l.sequence, l.op, l.vector_id AS id
    FROM index_spaces s LEFT JOIN index_log l ON l.space = s.space AND l.sequence > :after
    WHERE s.space = :space ORDER BY l.sequence LIMIT :limit`,
  lastSequence: `SELECT ${lastSequence} AS sequence`,
  pruneLog: `DELETE FROM index_log WHERE space = :space AND sequence <= :through`,
  setPruned: `UPDATE index_spaces SET pruned_through = max(pruned_through, :through)
    WHERE space = :space`,

  // Model
  readModel: `SELECT bundle_id AS bundleId, state FROM model WHERE id = 1`,
  setModel: `INSERT INTO model (id, bundle_id, state, changed_at)
    VALUES (1, :bundleId, :state, :now) ON CONFLICT (id) DO UPDATE
    SET bundle_id = excluded.bundle_id, state = excluded.state, changed_at = excluded.changed_at`,
  queueEverything: `UPDATE documents SET state = 'QUEUED', priority = min(priority, 0), queued_at = :now,
    available_at = 0, attempts = 0, lease_token = NULL, lease_until = NULL, error_code = NULL,
    error_message = NULL, types_revision = -1`,
  forgetDocumentTypes: `DELETE FROM document_types`,
  forgetTypeVectors: `UPDATE entity_types SET vector = NULL`,
  pruneAll: `UPDATE index_spaces SET pruned_through = ${lastSequence}`,
  clearLog: `DELETE FROM index_log`,
  clearSpans: `UPDATE spans SET type_vector = NULL WHERE id > :after AND id <= :through
    AND type_vector IS NOT NULL`,
  clearForms: `UPDATE surface_forms SET meaning_vector = NULL WHERE id > :after AND id <= :through
    AND meaning_vector IS NOT NULL`,
  clearWindows: `UPDATE windows SET threshold_vector = NULL WHERE document_id > :after
    AND document_id <= :through AND threshold_vector IS NOT NULL`,
  highestIds: `SELECT (SELECT coalesce(max(id), 0) FROM spans) AS spans,
    (SELECT coalesce(max(id), 0) FROM surface_forms) AS forms,
    (SELECT coalesce(max(id), 0) FROM documents) AS documents`,
} as const;

/** Name of a prepared statement. */
export type StatementName = keyof typeof statements;
