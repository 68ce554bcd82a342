/** Whether texts are those that were given, and mentions what their texts say. */
import { createHash } from 'node:crypto';
import type { SqlConnection } from '../connection.ts';
import { surfaceForm } from '../surface-form.ts';
import type { Check, Fault } from './fault.ts';
import { rowsById } from './pages.ts';

interface TextRow {
  readonly id: number;
  readonly text: string;
  readonly textHash: string;
}

const texts = `SELECT id, text, text_hash AS textHash FROM documents
  WHERE id > :after ORDER BY id LIMIT :limit`;
const replacements = `SELECT document_id AS id, text, text_hash AS textHash
  FROM document_replacements WHERE document_id > :after ORDER BY document_id LIMIT :limit`;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Whether every text has the hash that it was given with. */
export function checkTexts(connection: SqlConnection): Check {
  const faults: Fault[] = [];
  let checked = 0;
  for (const [table, sql] of [
    ['documents', texts],
    ['document_replacements', replacements],
  ] as const) {
    for (const { id, text, textHash } of rowsById<TextRow>(connection, sql)) {
      checked += 1;
      if (hashOf(text) !== textHash) faults.push({ table, id, what: 'has a text of another hash' });
    }
  }
  return { name: 'TEXTS', checked, faults };
}

interface SpanRow {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly surface: string;
  readonly form: string | null;
  readonly mentions: number;
  readonly strays: number;
}

const spansOf = `SELECT s.id, s.start, s."end", s.surface, f.text AS form, count(m.id) AS mentions,
  coalesce(sum(m.document_id <> s.document_id), 0) AS strays
  FROM spans s LEFT JOIN surface_forms f ON f.id = s.surface_form_id
  LEFT JOIN mentions m ON m.span_id = s.id WHERE s.document_id = :id GROUP BY s.id`;

function faultOf(text: string, { start, end, surface, form, mentions, strays }: SpanRow) {
  if (!(start >= 0 && start < end && end <= text.length)) return 'is not within its text';
  if (text.slice(start, end) !== surface) return 'is not what its text says there';
  if (form !== surfaceForm(surface)) return 'has the surface form of another string';
  if (strays > 0) return 'has a mention of another document';
  return mentions === 0 ? 'has no mention' : undefined;
}

/** Whether every mention's text equals its slice, and its span and form agree. */
export function checkMentions(connection: SqlConnection): Check {
  const faults: Fault[] = [];
  let checked = 0;
  for (const { id, text } of rowsById<TextRow>(connection, texts)) {
    for (const span of connection.query<SpanRow>(spansOf, { id })) {
      checked += span.mentions;
      const what = faultOf(text, span);
      if (what !== undefined) faults.push({ table: 'spans', id: span.id, what });
    }
  }
  return { name: 'MENTIONS', checked, faults };
}
