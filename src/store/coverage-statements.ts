/**
 * Statements about how much was read. Sums are kept by the triggers of the migrations that made their tables.
 */
const sums = 'reason, parts, characters, bytes';

const given = 'IN (SELECT value FROM json_each(:ids))';

export const coverageStatements = {
  coverageTotals: `SELECT coalesce(sum(t.characters), 0) AS characters,
    coalesce(sum(t.characters_read), 0) AS charactersRead, coalesce(sum(t.tokens), 0) AS tokens,
    coalesce(sum(t.unknown_tokens), 0) AS unknownTokens,
    coalesce(sum(t.dropped_parts), 0) AS droppedParts, c.words, c.windows
    FROM collections c LEFT JOIN collection_totals t ON t.collection_id = c.id
    WHERE c.id = :collectionId`,
  dropsOfCollection: `SELECT ${sums} FROM collection_drops
    WHERE collection_id = :collectionId AND parts > 0 ORDER BY parts DESC, reason`,
  dropsOfDocuments: `SELECT document_id AS id, ${sums} FROM document_drops
    WHERE document_id ${given} ORDER BY document_id, parts DESC, reason`,

  putWords: `INSERT INTO document_words (document_id, collection_id, words)
    SELECT id, collection_id, :words FROM documents WHERE id = :id
    ON CONFLICT (document_id) DO UPDATE SET words = excluded.words`,
  wordsOfDocuments: `SELECT document_id AS id, words FROM document_words
    WHERE document_id ${given}`,

  putFileDrops: `INSERT INTO file_drops (document_id, drops) VALUES (:id, :drops)
    ON CONFLICT (document_id) DO UPDATE SET drops = excluded.drops WHERE drops <> excluded.drops`,
  deleteFileDrops: `DELETE FROM file_drops WHERE document_id = :id`,
  fileDropsOfDocuments: `SELECT document_id AS id, drops ->> 'parts' AS parts FROM file_drops
    WHERE document_id ${given}`,
} as const;
