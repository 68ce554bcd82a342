/**
 * A record with named fields (a row, a JSON object) as a document: which field is the text, the id and
 * the title; the others are metadata, or dropped when they are too long for that.
 */
import { type Fields, requireRule, takeId, takeObject, takeString, takeText } from './fields.ts';
import type { LinePlace } from './lines.ts';
import { type DroppedText, type SourceDocument, withoutUndefined } from './source-document.ts';
import { TextBuilder } from './text-builder.ts';

/** Names of the field that is the text, the first that is there. */
export const textFieldNames: readonly string[] = [
  'text',
  'abstract',
  'body',
  'content',
  'document',
];

const idFieldNames: readonly string[] = ['externalId', 'id', 'pmid', 'doi'];

/** Longer ones are no keys to filter by. */
const maxFieldChars = 2_000;
const maxMetadataChars = 50_000;

/** The field that is the text: the one asked for, or one that is called like it. */
export const textFieldOf = (
  names: readonly string[],
  asked: string | undefined,
): string | undefined => asked ?? textFieldNames.find((name) => names.includes(name));

interface Others {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly dropped: readonly DroppedText[];
}

/** Deeper than a stack goes is not JSON that anybody can filter by. */
function printable(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return tooNested;
  }
}

const tooNested = '(nested too deeply)'.padEnd(maxFieldChars + 1);

/** Fields that are neither text nor id nor title. */
function othersOf(fields: Fields, taken: ReadonlySet<string>, at: number): Others {
  const metadata: Record<string, unknown> = {};
  const dropped: DroppedText[] = [];
  let size = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (taken.has(name) || value === null || value === '') continue;
    const printed = typeof value === 'string' ? value : printable(value);
    size += name.length + printed.length;
    if (printed.length <= maxFieldChars && size <= maxMetadataChars) {
      Object.defineProperty(metadata, name, { value, enumerable: true });
      continue;
    }
    const builder = new TextBuilder();
    builder.drop('FIELD_NOT_READ', `${name}: ${printed}`, { chars: printed.length });
    dropped.push(...builder.finish().dropped.map((part) => ({ ...part, at })));
  }
  return { metadata, dropped };
}

/** What a record is read for. */
export interface RecordOptions {
  /** The field that is the text. */
  readonly textField?: string | undefined;
  /** Fields that something else reads. */
  readonly passed?: readonly string[];
}

/** The document of a record. Throws: FILE_INVALID, ENCODING_INVALID. */
export function toDocument(
  fields: Fields,
  place: LinePlace,
  { textField, passed = [] }: RecordOptions,
): SourceDocument {
  const field = textFieldOf(Object.keys(fields), textField) ?? 'text';
  const text = takeText(fields, field, place);
  const idField = idFieldNames.find((name) => (fields[name] ?? null) !== null && name !== field);
  const pairs = {
    externalId: idField && takeId(fields, idField, place),
    title: field === 'title' ? undefined : takeString(fields, 'title', place),
  };
  const stated = takeObject(fields, 'metadata', place);
  const rule = 'an object whose metadata are not nested too deeply';
  requireRule(place, printable(stated) !== tooNested, { rule, value: 'metadata' });
  const taken = new Set([field, idField ?? 'id', 'title', 'metadata', ...passed]);
  const { metadata, dropped } = othersOf(fields, taken, text.length);
  const all = { ...metadata, ...stated };
  const hasMetadata = stated !== undefined || Object.keys(all).length > 0;
  return {
    text,
    ...withoutUndefined(pairs),
    ...(hasMetadata && { metadata: all }),
    ...(dropped.length > 0 && { dropped }),
  };
}
