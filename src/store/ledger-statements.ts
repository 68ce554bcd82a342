/** Statements about ledgers, and about documents that are scored from them. */
export const ledgerStatements = {
  // None for a collection that keeps none, whatever was asked for when the document was read.
  putLedger: `INSERT INTO ledgers (document_id, checksum, rows)
    SELECT d.id, :checksum, :rows FROM documents d JOIN collections c ON c.id = d.collection_id
    WHERE d.id = :documentId AND c.keeps_ledgers = 1
    ON CONFLICT (document_id) DO UPDATE SET checksum = excluded.checksum, rows = excluded.rows`,
  deleteLedger: `DELETE FROM ledgers WHERE document_id = :documentId`,
  readLedger: `SELECT checksum, rows FROM ledgers WHERE document_id = :documentId`,
  clearLedgers: `DELETE FROM ledgers WHERE document_id > :after AND document_id <= :through`,
  keepLedgers: `UPDATE collections SET keeps_ledgers = :keepsLedgers WHERE id = :id`,
  deleteLedgersOfCollection: `DELETE FROM ledgers WHERE document_id IN (
    SELECT id FROM documents WHERE collection_id = :id)`,
  documentsToPreview: `SELECT id FROM documents WHERE collection_id = :collectionId
    AND state = 'DONE' AND id > :after ORDER BY id LIMIT :limit`,
  // Drawn by a multiplicative hash of the id: from all over the collection, and without a period.
  sampleToPreview: `SELECT id FROM (SELECT id FROM documents WHERE collection_id = :collectionId
    AND state = 'DONE' ORDER BY (id * 2654435761) & 4294967295, id LIMIT :sample) ORDER BY id`,
  ledgerTotals: `SELECT count(l.document_id) AS documents, coalesce(sum(length(l.rows)), 0) AS bytes,
    coalesce(sum(w.words), 0) AS words FROM documents d JOIN ledgers l ON l.document_id = d.id
    LEFT JOIN document_words w ON w.document_id = d.id WHERE d.collection_id = :collectionId`,
} as const;
