/**
 * Conditions on a mention's text, which is that of its surface form. Forms that contain a string are
 * found through an index of their trigrams; where so many do that a page of mentions is full sooner
 * than all forms are found, each mention's form is looked at instead.
 */
import type { SqlReader } from './sql-reader.ts';
import { surfaceForm } from './surface-form.ts';

/** A condition on a mention's text. */
export type TextFilter = { readonly contains: string } | { readonly equals: string };

/** A condition on spans (`s`), with the value of `:text` and of `:phrase` where it has that. */
export interface FormCondition {
  readonly condition: string;
  readonly bindings: Readonly<Record<string, string>>;
  /** Few forms pass: the spans of these forms are the place to begin. */
  readonly isNarrow: boolean;
}

/** From here on, going through mentions fills a page sooner than going through forms. */
const manyForms = 2_000;

/** The text index has strings of three characters and more. */
const shortestIndexed = 3;

const withNul = `SELECT f.id FROM surface_forms f
  WHERE instr(f.text, char(0)) > 0 AND instr(f.text, :text) > 0`;

/** The index passes over NUL: it may give too much. */
const indexed = `SELECT f.rowid AS id FROM surface_forms_text f
  WHERE f.surface_forms_text MATCH :phrase AND instr(f.text, :text) > 0`;

const scanned = 'SELECT f.id FROM surface_forms f WHERE instr(f.text, :text) > 0';

/** Forms that contain the text. Nothing in it is a pattern: in a phrase only `"` has a meaning. */
function formsContaining(text: string): { forms: string; bindings: Record<string, string> } {
  if (text.includes('\0')) return { forms: withNul, bindings: { text } };
  if (Array.from(text).length < shortestIndexed) return { forms: scanned, bindings: { text } };
  const phrase = `"${text.replaceAll('"', '""')}"`;
  return { forms: indexed, bindings: { text, phrase } };
}

/** The condition that a text filter is. Cost: what finding 2,000 forms costs. */
export async function formCondition(reader: SqlReader, filter: TextFilter): Promise<FormCondition> {
  if ('equals' in filter) {
    return {
      condition: 's.surface_form_id IN (SELECT f.id FROM surface_forms f WHERE f.text = :text)',
      bindings: { text: surfaceForm(filter.equals) },
      isNarrow: true,
    };
  }
  const { forms, bindings } = formsContaining(surfaceForm(filter.contains));
  const sql = `SELECT count(*) AS count FROM (SELECT 1 FROM (${forms}) LIMIT ${manyForms})`;
  const [found] = await reader.query<{ count: number }>(sql, bindings);
  if ((found?.count ?? 0) < manyForms) {
    return { condition: `s.surface_form_id IN (${forms})`, bindings, isNarrow: true };
  }
  return {
    condition: `instr((SELECT f.text FROM surface_forms f
      WHERE f.id = s.surface_form_id), :text) > 0`,
    bindings: { text: bindings['text'] ?? '' },
    isNarrow: false,
  };
}
