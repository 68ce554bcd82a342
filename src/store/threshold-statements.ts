/**
 * Statements that read the vectors which thresholds come from. Those of many rows are one value: a blob in
 * text is its bytes, whatever they are.
 */

/** One after the other, and what each is of, in the same order. */
const packed = `CAST(group_concat(vector, '') AS BLOB) AS vectors, json_group_array(id) AS ids`;

export const thresholdStatements = {
  thresholdVectors: `SELECT ${packed} FROM
    (SELECT rowid AS id, threshold_vector AS vector FROM windows
    WHERE rowid > :after AND length(threshold_vector) = :bytes ORDER BY rowid LIMIT :limit)`,
  // By place in the list of spans.
  spanThresholdVectors: `SELECT ${packed} FROM
    (SELECT x.key AS id, w.threshold_vector AS vector FROM json_each(:spanIds) x
    CROSS JOIN spans s ON s.id = x.value
    CROSS JOIN windows w ON w.document_id = s.document_id AND w.position = s.window
    WHERE length(w.threshold_vector) = :bytes)`,
} as const;
