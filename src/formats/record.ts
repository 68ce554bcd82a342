/**
 * A record with named fields (a row, a JSON object) as a document: which field is the text, the id and
 * the title; the others are metadata, or dropped when they are too long for that or their name is taken.
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

/** A value as it is measured and shown. */
const print = (value: unknown): string => (typeof value === 'string' ? value : printable(value));

const tooNested = '(nested too deeply)'.padEnd(maxFieldChars + 1);

/** What is noted of a value that is not read, at the end of a text of so many characters. */
export function notRead(name: string, printed: string, at: number): readonly DroppedText[] {
  const builder = new TextBuilder();
  builder.drop('FIELD_NOT_READ', `${name}: ${printed}`, { chars: printed.length });
  return builder.finish().dropped.map((part) => ({ ...part, at }));
}

interface OthersOptions {
  /** Names of fields that are read elsewhere. */
  readonly taken: ReadonlySet<string>;
  /** Metadata that the record states under a field of their own. */
  readonly stated: Fields | undefined;
  /** Where dropped parts are noted. Units: UTF-16 code units of the text. */
  readonly at: number;
}

/** Fields that are neither text nor id nor title, with the metadata that are stated. */
function othersOf(fields: Fields, { taken, stated = {}, at }: OthersOptions): Others {
  const metadata: Record<string, unknown> = {};
  const dropped: DroppedText[] = [];
  let size = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (taken.has(name) || value === null || value === '') continue;
    const printed = print(value);
    if (Object.hasOwn(stated, name)) {
      if (print(stated[name]) !== printed) dropped.push(...notRead(name, printed, at));
      continue;
    }
    size += name.length + printed.length;
    if (printed.length <= maxFieldChars && size <= maxMetadataChars) {
      Object.defineProperty(metadata, name, { value, enumerable: true });
      continue;
    }
    dropped.push(...notRead(name, printed, at));
  }
  return { metadata: { ...metadata, ...stated }, dropped };
}

/** What a record is read for. */
export interface RecordOptions {
  /** The field that is the text. */
  readonly textField?: string | undefined;
  /** Fields that something else reads. */
  readonly passed?: readonly string[];
  /** Names and values that no field holds, because the name is taken or there is none. */
  readonly surplus?: readonly (readonly [name: string, value: string])[];
}

/** Metadata in a field of their own, if there is one. Throws: FILE_INVALID. */
function statedMetadata(fields: Fields, place: LinePlace): Fields | undefined {
  const stated = takeObject(fields, 'metadata', place);
  const rule = 'an object whose metadata are not nested too deeply';
  requireRule(place, printable(stated) !== tooNested, { rule, value: 'metadata' });
  return stated;
}

/** The document of a record. Throws: FILE_INVALID, ENCODING_INVALID. */
export function toDocument(
  fields: Fields,
  place: LinePlace,
  { textField, passed = [], surplus = [] }: RecordOptions,
): SourceDocument {
  const field = textFieldOf(Object.keys(fields), textField) ?? 'text';
  const text = takeText(fields, field, place);
  const idField = idFieldNames.find((name) => (fields[name] ?? null) !== null && name !== field);
  const pairs = {
    externalId: idField && takeId(fields, idField, place),
    title: field === 'title' ? undefined : takeString(fields, 'title', place),
  };
  const stated = statedMetadata(fields, place);
  const taken = new Set([field, idField ?? 'id', 'title', 'metadata', ...passed]);
  const at = text.length;
  const { metadata, dropped: others } = othersOf(fields, { taken, stated, at });
  const dropped = [...others, ...surplus.flatMap(([name, value]) => notRead(name, value, at))];
  const hasMetadata = stated !== undefined || Object.keys(metadata).length > 0;
  return {
    text,
    ...withoutUndefined(pairs),
    ...(hasMetadata && { metadata }),
    ...(dropped.length > 0 && { dropped }),
  };
}
