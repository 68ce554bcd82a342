/**
 * Mends what can be made again from what is whole: indexes and sums from rows, readings from texts.
 * A text that is not the one that was given, and a file of which SQLite cannot read the rows, can not:
 * for those there are backups.
 */
import type { SqlConnection } from '../connection.ts';
import { rebuildFullText } from '../writes/full-text.ts';
import { removeUnusedSpans } from '../writes/spans.ts';
import { applyVerdicts } from '../writes/verdicts.ts';
import { collections, tablesOfSums } from './check-sums.ts';
import type { Check, CheckName, Fault } from './fault.ts';

const list = (ids: Iterable<number>): string => JSON.stringify([...new Set(ids)]);

const idsOf = (faults: readonly Fault[], table: string): number[] =>
  faults.flatMap((fault) => (fault.table === table && fault.id !== null ? [fault.id] : []));

const inIds = 'IN (SELECT value FROM json_each(:ids))';

/** Has documents read again from their texts: what was read of them does not count as whole until then. */
function readAgain(writer: SqlConnection, documentIds: readonly number[]): void {
  const now = Date.now();
  const sql = `UPDATE windows SET threshold_vector = NULL WHERE document_id ${inIds}`;
  writer.change(sql, { ids: list(documentIds) });
  for (const id of new Set(documentIds)) writer.run('queueDocument', { id, priority: 0, now });
}

function documentsOfSpans(writer: SqlConnection, spanIds: readonly number[]): number[] {
  const sql = `SELECT DISTINCT document_id AS id FROM spans WHERE id ${inIds}`;
  return writer.query<{ id: number }>(sql, { ids: list(spanIds) }).map(({ id }) => id);
}

/** Tables of what was read of a document. */
const tablesOfReading = ['mentions', 'spans', 'windows', 'ledgers'];

/** Rows that refer to what is not there mean nothing; their documents are read again. */
function removeOrphans(writer: SqlConnection, faults: readonly Fault[]): void {
  const tables = new Set(faults.map(({ table }) => table));
  for (const table of tables) {
    const ids = list(idsOf(faults, table));
    if (tablesOfReading.includes(table)) {
      const sql = `SELECT document_id AS id FROM ${table} WHERE rowid ${inIds}`;
      readAgain(
        writer,
        writer.query<{ id: number }>(sql, { ids }).map(({ id }) => id),
      );
    }
    writer.change(`DELETE FROM "${table.replaceAll('"', '""')}" WHERE rowid ${inIds}`, { ids });
  }
}

/** Pages that a text cannot have are forgotten: its file gives them again. */
function removePages(writer: SqlConnection, faults: readonly Fault[]): void {
  const kept = list(idsOf(faults, 'document_pages'));
  writer.change(`DELETE FROM document_pages WHERE document_id ${inIds}`, { ids: kept });
  const waiting = list(idsOf(faults, 'document_replacements'));
  const sql = `UPDATE document_replacements SET page_starts = NULL WHERE document_id ${inIds}`;
  writer.change(sql, { ids: waiting });
}

/** What is not what its text says is removed, by whomever it was, and its document read again. */
function removeFalseSpans(writer: SqlConnection, faults: readonly Fault[]): void {
  const ids = idsOf(faults, 'spans');
  const sql = `SELECT id, surface_form_id AS formId FROM spans WHERE id ${inIds}`;
  const spans = writer.query<{ id: number; formId: number }>(sql, { ids: list(ids) });
  readAgain(writer, documentsOfSpans(writer, ids));
  writer.change(`DELETE FROM mentions WHERE span_id ${inIds}`, { ids: list(ids) });
  removeUnusedSpans(writer, spans);
}

/** Vectors that cannot be compared are removed and made again. */
function removeVectors(writer: SqlConnection, faults: readonly Fault[]): void {
  const spans = idsOf(faults, 'spans');
  const forms = idsOf(faults, 'surface_forms');
  const log = (space: string, ids: string) =>
    writer.change(
      `INSERT INTO index_log (space, op, vector_id) SELECT :space, 'REMOVE', value FROM json_each(:ids)`,
      { space, ids },
    );
  const forget = (table: string, column: string, ids: string) =>
    writer.change(`UPDATE ${table} SET ${column} = NULL WHERE id ${inIds}`, { ids });
  const windows = idsOf(faults, 'windows');
  forget('spans', 'type_vector', list(spans));
  forget('surface_forms', 'meaning_vector', list(forms));
  forget('entity_types', 'vector', list(idsOf(faults, 'entity_types')));
  const names = idsOf(faults, 'concept_names');
  forget('concept_names', 'meaning_vector', list(names));
  if (names.length > 0) writer.run('unlinkEverything');
  log('TYPE', list(spans));
  log('MEANING', list(forms));
  readAgain(writer, [...windows, ...documentsOfSpans(writer, spans)]);
}

/** A ledger that is damaged goes, and its document is read again. */
function removeLedgers(writer: SqlConnection, faults: readonly Fault[]): void {
  const ids = idsOf(faults, 'ledgers');
  writer.change(`DELETE FROM ledgers WHERE document_id ${inIds}`, { ids: list(ids) });
  readAgain(writer, ids);
}

/** The log of reviews is the truth; a verdict that is not about its text means nothing, nor does a review without any. */
function applyReviews(writer: SqlConnection, faults: readonly Fault[]): void {
  const ids = list(idsOf(faults, 'verdicts'));
  const sql = `SELECT DISTINCT document_id AS id FROM verdicts WHERE id ${inIds}`;
  const documents = writer.query<{ id: number }>(sql, { ids });
  writer.change(`DELETE FROM verdicts WHERE id ${inIds}`, { ids });
  const said = 'SELECT 1 FROM verdicts v WHERE v.review_id = reviews.id';
  writer.change(`DELETE FROM reviews WHERE NOT EXISTS (${said})`, {});
  for (const { id } of [
    ...documents,
    ...idsOf(faults, 'documents').map((each) => ({ id: each })),
  ]) {
    applyVerdicts(writer, id);
  }
}

/** What is proposed wrongly is removed, and every mention looked at again. */
function linkAgain(writer: SqlConnection, faults: readonly Fault[]): void {
  const links = list(idsOf(faults, 'mention_concepts'));
  writer.change(`DELETE FROM mention_concepts WHERE mention_id ${inIds}`, { ids: links });
  const names = list(idsOf(faults, 'concept_names'));
  writer.change(`DELETE FROM concept_names WHERE id ${inIds}`, { ids: names });
  writer.run('unlinkEverything');
}

function countAgain(writer: SqlConnection): void {
  for (const { table, wanted } of tablesOfSums) {
    writer.change(`DELETE FROM ${table}`, {});
    writer.change(`INSERT INTO ${table} ${wanted}`, {});
  }
  const sql = `UPDATE collections SET words = w.words, windows = w.windows
    FROM (${collections.wanted}) w WHERE w.id = collections.id`;
  writer.change(sql, {});
}

function placeAgain(writer: SqlConnection): void {
  writer.change('DELETE FROM mention_places', {});
  writer.change('INSERT INTO mention_places SELECT * FROM places_of_mentions', {});
}

function takeMetadataAgain(writer: SqlConnection): void {
  writer.change('DELETE FROM document_metadata', {});
  writer.change('INSERT INTO document_metadata SELECT * FROM metadata_values', {});
}

const mendings: Partial<
  Record<CheckName, (writer: SqlConnection, faults: readonly Fault[]) => void>
> = {
  DATABASE: (writer) => writer.change('REINDEX', {}),
  FOREIGN_KEYS: removeOrphans,
  PAGES: removePages,
  MENTIONS: removeFalseSpans,
  REVIEWS: applyReviews,
  VECTORS: removeVectors,
  LEDGERS: removeLedgers,
  SUMS: countAgain,
  METADATA: takeMetadataAgain,
  CONCEPTS: linkAgain,
  TEXT_INDEX: (writer) =>
    writer.change(`INSERT INTO surface_forms_text (surface_forms_text) VALUES ('rebuild')`, {}),
  FULL_TEXT: rebuildFullText,
  PLACES: placeAgain,
};

/** Mends what these checks have found, each kind in one transaction. */
export function repairDatabase(writer: SqlConnection, checks: readonly Check[]): void {
  for (const { name, faults } of checks) {
    const mend = mendings[name];
    if (faults.length === 0 || !mend) continue;
    writer.transaction(() => mend(writer, faults));
  }
}
