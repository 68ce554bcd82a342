/**
 * Conditions on a mention's text, which is that of its surface form. Forms that contain a string are
 * found through an index of their trigrams, those that are nearly one through pieces of it; where so
 * many pass that a page of mentions is full sooner than all forms are found, each mention's form is
 * looked at instead.
 */
import { type Binder, createBinder } from './binder.ts';
import { survivingPieces } from './edits.ts';
import type { SqlReader } from './sql-reader.ts';
import { surfaceForm } from './surface-form.ts';

/** A condition on a text; case is ignored, as by `surfaceForm`. */
export type TextFilter =
  | { readonly contains: string }
  | { readonly equals: string }
  | { readonly prefix: string }
  /** At most so many edits from the text (`edits.ts`). */
  | { readonly nearly: string; readonly maxEdits: number };

/** The text index has strings of three characters and more. */
const shortestIndexed = 3;

const charactersOf = (text: string): number => Array.from(text).length;

const isIndexed = (text: string): boolean =>
  !text.includes('\0') && charactersOf(text) >= shortestIndexed;

/** Nothing in a phrase is a pattern: only `"` has a meaning. */
const phraseOf = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/**
 * The smallest string that is larger than everything that begins with the text; null when there is
 * none. SQLite compares as code points do.
 */
function afterPrefix(text: string): string | null {
  const characters = Array.from(text);
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const point = (last.codePointAt(0) ?? 0) + 1;
    if (point > 0x10ffff) continue;
    // Surrogates are no characters of a text.
    const next = point >= 0xd800 && point <= 0xdfff ? 0xe000 : point;
    return characters.join('') + String.fromCodePoint(next);
  }
  return null;
}

/** The condition on a folded text, an SQL expression. */
export function textTest(filter: TextFilter, text: string, binder: Binder): string {
  if ('contains' in filter)
    return `instr(${text}, ${binder.bind(surfaceForm(filter.contains))}) > 0`;
  if ('equals' in filter) return `${text} = ${binder.bind(surfaceForm(filter.equals))}`;
  if ('nearly' in filter) {
    return `edits(${text}, ${binder.bind(surfaceForm(filter.nearly))}, ${filter.maxEdits})`;
  }
  const prefix = surfaceForm(filter.prefix);
  const end = afterPrefix(prefix);
  const from = `${text} >= ${binder.bind(prefix)}`;
  return end === null ? from : `${from} AND ${text} < ${binder.bind(end)}`;
}

/** The index passes over NUL: it may give too much. */
const indexed = (phrase: string): string =>
  `surface_forms_text i CROSS JOIN surface_forms f ON f.id = i.rowid
  WHERE i.surface_forms_text MATCH ${phrase}`;

/** The forms that can pass, as tables and a condition that an index answers. */
function candidates(filter: TextFilter, binder: Binder): string {
  if ('contains' in filter) {
    const text = surfaceForm(filter.contains);
    if (isIndexed(text)) return indexed(binder.bind(phraseOf(text)));
    return text.includes('\0')
      ? 'surface_forms f WHERE instr(f.text, char(0)) > 0'
      : 'surface_forms f WHERE 1';
  }
  if (!('nearly' in filter)) return 'surface_forms f WHERE 1';
  const { maxEdits } = filter;
  const text = surfaceForm(filter.nearly);
  const pieces = survivingPieces(text, maxEdits);
  if (pieces.every(isIndexed)) return indexed(binder.bind(pieces.map(phraseOf).join(' OR ')));
  const length = charactersOf(text);
  return `surface_forms f WHERE f.id IN (
    SELECT id FROM surface_forms WHERE length(text) BETWEEN ${length - maxEdits} AND ${length + maxEdits}
    UNION ALL SELECT id FROM surface_forms WHERE instr(text, char(0)) > 0)`;
}

/** The forms that pass; null when they are so many. Cost: what finding so many costs. */
export async function fewForms(
  reader: SqlReader,
  filter: TextFilter,
  many: number,
): Promise<readonly number[] | null> {
  const binder = createBinder();
  const sql = `SELECT f.id AS id FROM ${candidates(filter, binder)}
    AND ${textTest(filter, 'f.text', binder)} LIMIT ${many}`;
  const rows = await reader.query<{ id: number }>(sql, binder.bindings);
  return rows.length < many ? rows.map(({ id }) => id) : null;
}
