/**
 * What was read of a document: its windows, spans and mentions, written and removed.
 *
 * Every function here runs inside a transaction of its caller, and logs what the indexes must learn
 * in that same transaction.
 */
import { toBlob } from '../blobs.ts';
import type { SqlConnection } from '../connection.ts';
import type { ReadDocument, Reading, ReadMention } from '../reading.ts';
import { surfaceForm } from '../surface-form.ts';
import { putLedger } from './ledgers.ts';
import { type EncodedRow, putForm, removeUnusedSpans, type SpanRow } from './spans.ts';
import { applyVerdicts } from './verdicts.ts';

/** Removes everything that was read of a document, by whomever. */
export function removeReading(writer: SqlConnection, documentId: number): void {
  const spans = writer.all<SpanRow>('spansOfDocument', { documentId });
  writer.run('deleteMentionsOfDocument', { documentId });
  removeUnusedSpans(writer, spans);
  writer.run('deleteWindows', { documentId });
  writer.run('deleteDocumentTypes', { documentId });
  writer.run('deleteLedger', { documentId });
}

function putSpan(writer: SqlConnection, document: ReadDocument, mention: ReadMention): number {
  const { documentId, text, meanings } = document;
  const { start, end, window } = mention;
  const vector = toBlob(mention.vector);
  const known = writer.get<EncodedRow>('findSpan', { documentId, start, end, window });
  if (known?.isEncoded) return known.id;
  const surface = text.slice(start, end);
  let id = known?.id;
  if (id === undefined) {
    const formId = putForm(writer, surfaceForm(surface), meanings);
    const row = { documentId, start, end, window, surface, formId, vector };
    id = writer.run('insertSpan', row).lastId;
  } else {
    writer.run('setTypeVector', { id, vector });
  }
  writer.run('logPut', { space: 'TYPE', id });
  return id;
}

function putMentions(writer: SqlConnection, document: ReadDocument): void {
  const types = new Map(document.types.map((type) => [type.name, type]));
  const now = Date.now();
  for (const mention of document.mentions) {
    const type = types.get(mention.type);
    // A type that was deleted while the document was being read has no row to refer to.
    if (!type || !writer.get('findType', { id: type.id })) continue;
    const spanId = putSpan(writer, document, mention);
    const { score, threshold, margin } = mention;
    const { documentId } = document;
    const row = { spanId, documentId, entityTypeId: type.id, typeVersion: type.version, now };
    writer.run('insertMention', {
      ...row,
      score,
      threshold,
      margin,
      source: 'MODEL',
      concept: null,
    });
  }
}

function putTypes(writer: SqlConnection, { documentId, types }: ReadDocument): void {
  for (const { id, version } of types) {
    writer.run('setDocumentType', { documentId, entityTypeId: id, version });
  }
}

/** Replaces all that the model had read of the document; what people said of it stays. */
export function putReading(
  writer: SqlConnection,
  document: ReadDocument,
  { windows, ledger }: Pick<Reading, 'windows' | 'ledger'>,
): void {
  const { documentId } = document;
  const before = writer.all<SpanRow>('spansOfDocument', { documentId });
  writer.run('deleteAllModelMentions', { documentId });
  writer.run('deleteWindows', { documentId });
  writer.run('deleteDocumentTypes', { documentId });
  for (const [position, { start, end, tokens, thresholdVector }] of windows.entries()) {
    const vector = toBlob(thresholdVector);
    writer.run('insertWindow', { documentId, position, start, end, tokens, vector });
  }
  putMentions(writer, document);
  putTypes(writer, document);
  putLedger(writer, documentId, ledger);
  applyVerdicts(writer, documentId);
  removeUnusedSpans(writer, before);
}

/** Replaces the document's mentions of the given types only. */
export function putMentionsOfTypes(writer: SqlConnection, document: ReadDocument): void {
  const { documentId } = document;
  const typeIds = JSON.stringify(document.types.map(({ id }) => id));
  const { changes } = writer.run('deleteModelMentions', { documentId, typeIds });
  const before = changes > 0 ? writer.all<SpanRow>('spansOfDocument', { documentId }) : [];
  putMentions(writer, document);
  putTypes(writer, document);
  applyVerdicts(writer, documentId);
  if (changes > 0) removeUnusedSpans(writer, before);
}
