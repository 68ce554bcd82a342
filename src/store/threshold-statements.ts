/**
 * Statements that read the vectors which thresholds come from, and those of the spans that are held against
 * them. Those of many rows are one value: a blob in text is its bytes, whatever they are.
 */

/** One after the other, and what each is of, in the same order. */
const packed = `CAST(group_concat(vector, '') AS BLOB) AS vectors, json_group_array(id) AS ids`;

export const thresholdStatements = {
  thresholdVectors: `SELECT ${packed} FROM
    (SELECT rowid AS id, threshold_vector AS vector FROM windows
    WHERE rowid > :after AND length(threshold_vector) = :bytes ORDER BY rowid LIMIT :limit)`,
  // The spans of windows, with each one's place in the list of these; a long document has an index by start.
  windowSpanVectors: `SELECT ${packed}, json_group_array(place) AS places FROM
    (SELECT x.key AS place, s.id, s.type_vector AS vector FROM json_each(:windowIds) x
    CROSS JOIN windows w ON w.rowid = x.value
    CROSS JOIN spans s ON s.document_id = w.document_id AND s.start BETWEEN w.start AND w."end"
    AND s.window = w.position
    WHERE length(s.type_vector) = :bytes)`,
  // By place in the list of spans.
  spanThresholdVectors: `SELECT ${packed} FROM
    (SELECT x.key AS id, w.threshold_vector AS vector FROM json_each(:spanIds) x
    CROSS JOIN spans s ON s.id = x.value
    CROSS JOIN windows w ON w.document_id = s.document_id AND w.position = s.window
    WHERE length(w.threshold_vector) = :bytes)`,
} as const;
