/**
 * JSON lines: an object a line, {"text", "externalId"? or "id"?, "title"?, "metadata"?, "pageStarts"?}; its
 * other fields are metadata too. Offsets in a line count code points.
 */
import { codePointStarts } from '../../core/code-points.ts';
import { wrongPageStart } from '../../core/page-starts.ts';
import { type Fields, parseObject, requireRule } from '../fields.ts';
import type { Format } from '../format.ts';
import { type LinePlace, readLines } from '../lines.ts';
import { type RecordOptions, toDocument } from '../record.ts';
import type { SourceDocument } from '../source-document.ts';

/** Entities of a line that is read as a plain one: they are no keys to filter by. */
function unreadEntities({ entities }: Fields): NonNullable<RecordOptions['surplus']> {
  const printed = JSON.stringify(entities ?? []);
  return printed === '[]' ? [] : [['entities', printed]];
}

/** Where the pages of a line's text begin. Throws: FILE_INVALID. */
function takePageStarts({ pageStarts }: Fields, text: string, place: LinePlace): readonly number[] {
  if (pageStarts === undefined || pageStarts === null) return [];
  const rule = 'an object whose pageStarts are a list';
  requireRule(place, Array.isArray(pageStarts), { rule, value: pageStarts });
  const units = codePointStarts(text);
  const length = units === null ? text.length : units.length - 1;
  const wrong = wrongPageStart(pageStarts, length);
  requireRule(place, wrong < 0, {
    rule: `an object whose pageStarts ascend from 0 to at most ${length}, the text's code points`,
    value: pageStarts[wrong],
  });
  const starts = pageStarts as readonly number[];
  return units === null ? starts : starts.map((start) => units[start]!);
}

/** The document on a line; its entities are not read. Throws: FILE_INVALID, ENCODING_INVALID. */
export function parseDocument(
  line: string,
  place: LinePlace,
  options: RecordOptions = {},
): SourceDocument {
  const fields = parseObject(line, place);
  const surplus = unreadEntities(fields);
  const passed = ['entities', 'pageStarts'];
  const document = toDocument(fields, place, { passed, surplus, ...options });
  const pageStarts = takePageStarts(fields, document.text, place);
  return pageStarts.length === 0 ? document : { ...document, pageStarts };
}

/** The object on the first line; undefined where there is none, or none that ends. */
export function firstObject(text: string): Fields | undefined {
  const line = text.replace(/^\ufeff?\s*/, '').split('\n', 1)[0] ?? '';
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Fields;
  } catch {
    return undefined;
  }
}

/** JSON lines. */
export const jsonlFormat: Format = {
  name: 'JSON lines',
  mediaTypes: ['application/jsonl', 'application/x-ndjson'],
  recognise: ({ name, text, isCut }) =>
    /\.(jsonl|ndjson)$/.test(name) ||
    firstObject(text) !== undefined ||
    // A first line longer than what was looked at.
    (isCut && /^\s*\{\s*"/.test(text) && !text.trim().includes('\n')),
  read: (source, { textField }) =>
    readLines(source, (line, place) => parseDocument(line, place, { textField })),
};
