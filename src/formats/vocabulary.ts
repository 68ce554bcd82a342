/**
 * Vocabularies: things with an id, a name and other names, read from CSV or TSV with a row of names, or
 * from JSON lines. `synonyms` is a list, in tables with | between.
 */
import { parse } from 'csv-parse/sync';
import { appError } from '../core/errors.ts';
import { type Fields, parseObject, requireRule } from './fields.ts';
import type { LinePlace } from './lines.ts';

/** A thing that mentions may denote. */
export interface Concept {
  readonly id: string;
  readonly name: string;
  readonly synonyms: readonly string[];
}

const rule = 'a concept with an id, a name and synonyms';

function conceptOf({ id, name, synonyms }: Fields, place: LinePlace): Concept {
  const value = { id, name, synonyms };
  const isText = (each: unknown): each is string => typeof each === 'string' && each.trim() !== '';
  const list = typeof synonyms === 'string' ? synonyms.split('|') : (synonyms ?? []);
  requireRule(place, isText(id) && isText(name), { rule, value });
  requireRule(place, Array.isArray(list) && list.every((each) => typeof each === 'string'), {
    rule,
    value,
  });
  const names = (list as readonly string[]).map((each) => each.trim());
  return { id: id.trim(), name: name.trim(), synonyms: names.filter((each) => each !== '') };
}

function rowsOf(text: string, path: string): { fields: Fields; line: number }[] {
  if (text.trimStart().startsWith('{')) {
    return text.split('\n').flatMap((json, at) => {
      const place = { path, line: at + 1 };
      return json.trim() === '' ? [] : [{ fields: parseObject(json, place), line: at + 1 }];
    });
  }
  const head = text.split('\n', 1)[0] ?? '';
  try {
    const options = { bom: true, columns: true, info: true, skip_empty_lines: true } as const;
    const rows: unknown = parse(text, { ...options, delimiter: head.includes('\t') ? '\t' : ',' });
    type Row = { record: Fields; info: { lines: number } };
    return (rows as readonly Row[]).map(({ record, info }) => ({
      fields: record,
      line: info.lines,
    }));
  } catch (cause) {
    const value = cause instanceof Error ? cause.message : cause;
    throw appError('FILE_INVALID', { path, line: 1, rule: 'a table of concepts', value }, cause);
  }
}

/**
 * The concepts of a file's text, in order.
 *
 * Throws: FILE_INVALID with the line, also for an id that comes twice.
 */
export function parseVocabulary(text: string, path: string): Concept[] {
  const seen = new Set<string>();
  const rows = rowsOf(text, path);
  requireRule({ path, line: 1 }, rows.length > 0, {
    rule: 'a concept in JSON, or a row of names (id, name, synonyms) with concepts below it',
    value: text,
  });
  return rows.map(({ fields, line }) => {
    const place = { path, line };
    const concept = conceptOf(fields, place);
    requireRule(place, !seen.has(concept.id), {
      rule: 'a concept whose id is new in its file',
      value: concept.id,
    });
    seen.add(concept.id);
    return concept;
  });
}
