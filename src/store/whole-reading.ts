/**
 * SQL that is true of a row of `documents` when the model in use has read it and nothing of that reading is
 * missing: a window that has lost its threshold vector has nothing that a type could be compared with.
 */
export const isReadWhole = `read_at >= (SELECT changed_at FROM model WHERE id = 1)
  AND NOT EXISTS (SELECT 1 FROM windows w
    WHERE w.document_id = documents.id AND w.threshold_vector IS NULL)`;
