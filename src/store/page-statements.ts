/** Statements about the pages of documents. */
export const pageStatements = {
  putPageStarts: `INSERT INTO document_pages (document_id, starts) VALUES (:id, :starts)
    ON CONFLICT (document_id) DO UPDATE SET starts = excluded.starts`,
  deletePageStarts: `DELETE FROM document_pages WHERE document_id = :id`,
  pageStartsOfDocuments: `SELECT document_id AS id, starts FROM document_pages
    WHERE document_id IN (SELECT value FROM json_each(:ids))`,
} as const;
