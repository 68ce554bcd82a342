/** The full-text index of documents, built anew. */
import type { SqlConnection } from '../connection.ts';

/** Builds the index from the documents that there are. Cost: reads every text; about 5 MB a second. */
export const rebuildFullText = (writer: SqlConnection): void =>
  writer.change(`INSERT INTO documents_text (documents_text) VALUES ('rebuild')`, {});
