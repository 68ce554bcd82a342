/**
 * Spans and surface forms, which are there as long as a mention needs them.
 *
 * Every function here runs inside a transaction of its caller, and logs what the indexes must learn
 * in that same transaction.
 */
import { toBlob } from '../blobs.ts';
import type { SqlConnection } from '../connection.ts';
import type { Reading } from '../reading.ts';

/** A span and its surface form. */
export interface SpanRow {
  readonly id: number;
  readonly formId: number;
}

/** A row that may have its vector. */
export interface EncodedRow {
  readonly id: number;
  readonly isEncoded: 0 | 1;
}

/** Removes those of the spans that no mention names any more, and the forms that only they had. */
export function removeUnusedSpans(writer: SqlConnection, spans: readonly SpanRow[]): void {
  const spanIds = JSON.stringify(spans.map(({ id }) => id));
  const formIds = JSON.stringify([...new Set(spans.map(({ formId }) => formId))]);
  writer.run('logRemovedSpans', { spanIds });
  writer.run('deleteSpans', { spanIds });
  writer.run('logRemovedForms', { formIds });
  writer.run('deleteForms', { formIds });
}

/** The surface form of this text, made where there is none. Returns its id. */
export function putForm(
  writer: SqlConnection,
  text: string,
  meanings: Reading['meanings'],
): number {
  const known = writer.get<EncodedRow>('findForm', { text });
  const id = known?.id ?? writer.run('insertForm', { text }).lastId;
  const vector = meanings?.get(text);
  if (!known?.isEncoded && vector) {
    writer.run('setMeaning', { id, vector: toBlob(vector) });
    writer.run('logPut', { space: 'MEANING', id });
  }
  return id;
}
