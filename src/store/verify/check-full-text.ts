/**
 * Whether the full-text index has what documents say. SQLite's own check of that writes; this one
 * indexes the documents again, some at a time, in a table of the connection's own, and compares how
 * many words each column has; then it looks for each document by its own first and last words.
 */
import type { SqlConnection } from '../connection.ts';
import { printFts5 } from '../text-query.ts';
import type { Check, Fault } from './fault.ts';
import { rowsById } from './pages.ts';

interface TextRow {
  readonly id: number;
  readonly title: string | null;
  readonly text: string;
}

const texts = `SELECT id, title, text FROM documents WHERE id > :after ORDER BY id LIMIT :limit`;

/** The index of this check has no texts of its own; its words are those of documents_text. */
const table = `CREATE VIRTUAL TABLE IF NOT EXISTS temp.checked_text USING fts5("title", "text",
  content = '', tokenize = 'unicode61 remove_diacritics 2')`;

/** Numbers of words as FTS5 packs them: equal or not is all that is asked. */
const sizesDiffer = `SELECT 1 FROM temp.checked_text_docsize c
  LEFT JOIN main.documents_text_docsize d ON d.id = c.id WHERE c.id = :id AND d.sz IS NOT c.sz`;

const isFound = `SELECT 1 FROM documents_text WHERE documents_text MATCH :match AND rowid = :id`;

/** About how much of a text it is looked for by. Units: UTF-16 code units. */
const probeChars = 60;

const isWord = /[\p{L}\p{N}\p{Co}]/u;

/** The beginning and the end of a text, cut at white space, as far as they have words. */
function probesOf(text: string): string[] {
  const first = text.length <= probeChars ? text : text.slice(0, probeChars).replace(/\S*$/, '');
  const last = text.length <= probeChars ? text : text.slice(-probeChars).replace(/^\S*/, '');
  return [first, last].filter((part) => isWord.test(part));
}

function isIndexed(connection: SqlConnection, { id, title, text }: TextRow): boolean {
  connection.change(
    'INSERT INTO temp.checked_text (rowid, title, text) VALUES (:id, :title, :text)',
    { id, title, text },
  );
  if (connection.query(sizesDiffer, { id }).length > 0) return false;
  return probesOf(text).every((words) => {
    const match = printFts5({ kind: 'PHRASE', words, isPrefix: false });
    return connection.query(isFound, { match, id }).length > 0;
  });
}

const strays = `SELECT id FROM documents_text_docsize
  WHERE id NOT IN (SELECT id FROM documents) ORDER BY id`;

/** Documents whose words are forgotten together: the table of the check stays small. */
const atOnce = 500;

/** Whether every document is found by its words, and no other is. */
export function checkFullText(connection: SqlConnection): Check {
  const faults: Fault[] = [];
  let checked = 0;
  connection.change(table, {});
  const forget = () =>
    connection.change(`INSERT INTO temp.checked_text (checked_text) VALUES ('delete-all')`, {});
  for (const row of rowsById<TextRow>(connection, texts)) {
    if (checked % atOnce === 0) forget();
    checked += 1;
    if (isIndexed(connection, row)) continue;
    faults.push({ table: 'documents', id: row.id, what: 'is not found by its words' });
  }
  forget();
  for (const { id } of connection.query<{ id: number }>(strays, {})) {
    faults.push({ table: 'documents_text', id, what: 'is of a document that is not there' });
  }
  return { name: 'FULL_TEXT', checked, faults };
}
