/**
 * JSON lines: an object a line, {"text", "externalId"? or "id"?, "title"?, "metadata"?}; its other
 * fields are metadata too.
 */
import { type Fields, parseObject } from '../fields.ts';
import type { Format } from '../format.ts';
import { type LinePlace, readLines } from '../lines.ts';
import { type RecordOptions, toDocument } from '../record.ts';
import type { SourceDocument } from '../source-document.ts';

/** Entities of a line that is read as a plain one: they are no keys to filter by. */
function unreadEntities({ entities }: Fields): NonNullable<RecordOptions['surplus']> {
  const printed = JSON.stringify(entities ?? []);
  return printed === '[]' ? [] : [['entities', printed]];
}

/** The document on a line; its entities are not read. Throws: FILE_INVALID, ENCODING_INVALID. */
export function parseDocument(
  line: string,
  place: LinePlace,
  options: RecordOptions = {},
): SourceDocument {
  const fields = parseObject(line, place);
  const surplus = unreadEntities(fields);
  return toDocument(fields, place, { passed: ['entities'], surplus, ...options });
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
