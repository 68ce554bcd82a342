/** Where the sentences of a text begin, written in the transaction that writes the text. */
import type { SqlConnection } from '../connection.ts';

/** Puts the sentences of a document's text in the place of those it had. */
export function putSentences(writer: SqlConnection, id: number, text: string): void {
  writer.run('deleteSentences', { id });
  writer.run('insertSentences', { id, text });
}
