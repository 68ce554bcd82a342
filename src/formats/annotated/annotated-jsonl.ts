/**
 * Annotated documents as JSON lines: {"id", "text", "entities": [{"start", "end", "type"}]}, where
 * offsets count Unicode code points and ends are exclusive. An entity may have a "concept"; a document
 * a title, metadata and "pageStarts", as any line of JSON may, and "uncertain", entities of which it is
 * not known whether they are any: training neither learns them nor their absence.
 *
 * Invariant: a bad line takes nothing with it; the others are read.
 */
import { codePointStarts } from '../../core/code-points.ts';
import type { AnnotatedDocument, GoldMention } from '../../core/document.ts';
import type { AppError } from '../../core/errors.ts';
import { type Fields, parseObject, requireRule, takeId, takeText } from '../fields.ts';
import type { AnnotatedFormat, DocumentPrinting } from '../format.ts';
import { type LinePlace, type LineResult, readLines } from '../lines.ts';
import { firstObject, parseDocument } from '../plain/jsonl.ts';
import { printFile } from '../printing.ts';
import type { Source } from '../source.ts';
import type { ImportedDocument, ImportedMention, SourceDocument } from '../source-document.ts';
import { toCodePoints } from './stated-mention.ts';

/** The document on a line. Throws: FILE_INVALID. */
export function parseAnnotatedDocument(line: string, place: LinePlace): AnnotatedDocument {
  const fields = parseObject(line, place);
  const id = takeId(fields, 'id', place);
  requireRule(place, id !== undefined, { rule: 'an object with an id', value: id });
  const text = takeText(fields, 'text', place);
  const { entities, uncertain } = fields;
  const rule = 'an object whose entities are a list';
  requireRule(place, Array.isArray(entities), { rule, value: entities });
  const units = codePointStarts(text);
  const length = units === null ? text.length : units.length - 1;
  const read = (entity: unknown): GoldMention => {
    const { start, end, type } = checkEntity(entity, length, place);
    return units === null ? { start, end, type } : { start: units[start]!, end: units[end]!, type };
  };
  const mentions = entities.map(read);
  if (uncertain === undefined) return { id, text, mentions };
  requireRule(place, Array.isArray(uncertain), {
    rule: 'an object whose uncertain entities are a list',
    value: uncertain,
  });
  return { id, text, mentions, uncertain: uncertain.map(read) };
}

/** Checks an entity of a text of so many code points. */
function checkEntity(entity: unknown, length: number, place: LinePlace): GoldMention {
  const { start, end, type } = (entity ?? {}) as Fields;
  requireRule(place, isInRange(start, 0, length - 1) && isInRange(end, start + 1, length), {
    rule: `an object whose entities have 0 <= start < end <= ${length}, the text's code points`,
    value: entity,
  });
  requireRule(place, typeof type === 'string' && type !== '', {
    rule: 'an object whose entities have a type',
    value: entity,
  });
  return { start, end, type };
}

const isInRange = (value: unknown, low: number, high: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && low <= value && value <= high;

/** The line of a document, without a line feed; undone by `parseAnnotatedDocument`. */
export function printAnnotatedDocument({
  id,
  text,
  mentions,
  uncertain = [],
  pageStarts = [],
}: ImportedDocument & Pick<AnnotatedDocument, 'uncertain'>): string {
  const at = toCodePoints(text);
  const entity = ({ start, end, type, concept }: ImportedMention) => ({
    start: at(start),
    end: at(end),
    type,
    ...(concept !== undefined && { concept }),
  });
  const entities = mentions.map(entity);
  const doubts = uncertain.length > 0 && { uncertain: uncertain.map(entity) };
  const pages = pageStarts.length > 0 && { pageStarts: pageStarts.map(at) };
  return JSON.stringify({ id, text, entities, ...doubts, ...pages });
}

/**
 * The documents of a .jsonl file, plain or gzipped, as a stream. A line whose id an earlier good line
 * has is an error.
 *
 * Throws: FILE_UNREADABLE.
 */
export function readAnnotatedDocuments(
  path: string,
): AsyncGenerator<LineResult<AnnotatedDocument>> {
  const seen = new Set<string>();
  return readLines(path, (line, place) => {
    const document = parseAnnotatedDocument(line, place);
    const rule = 'an object whose id is new in its file';
    requireRule(place, !seen.has(document.id), { rule, value: document.id });
    seen.add(document.id);
    return document;
  });
}

/** What a file holds: the documents of its good lines, and an error for each bad one. */
export interface AnnotatedFile {
  readonly documents: readonly AnnotatedDocument[];
  /** FILE_INVALID, with the number of the line. */
  readonly errors: readonly AppError[];
}

/** A whole file, for corpora that fit memory. Throws: FILE_UNREADABLE. */
export async function readAnnotatedJsonl(path: string): Promise<AnnotatedFile> {
  const documents: AnnotatedDocument[] = [];
  const errors: AppError[] = [];
  for await (const result of readAnnotatedDocuments(path)) {
    if ('value' in result) documents.push(result.value);
    else errors.push(result.error);
  }
  return { documents, errors };
}

const conceptOf = (entity: unknown): string | undefined => {
  const { concept } = entity as Fields;
  return typeof concept === 'string' && concept !== '' ? concept : undefined;
};

/** A line with all that it says: a document to take in. Throws: FILE_INVALID, ENCODING_INVALID. */
function parseLine(line: string, place: LinePlace): SourceDocument {
  const { id, mentions } = parseAnnotatedDocument(line, place);
  const { entities } = parseObject(line, place);
  const concepts = (entities as readonly unknown[]).map(conceptOf);
  const imported = mentions.map((mention, at): ImportedMention => {
    const concept = concepts[at];
    return concept === undefined ? mention : { ...mention, concept };
  });
  const document = parseDocument(line, place, { surplus: [] });
  return { ...document, externalId: id, mentions: imported };
}

const printing: DocumentPrinting = {
  name: 'documents.jsonl',
  head: '',
  between: '',
  tail: '',
  document: (document) => `${printAnnotatedDocument(document)}\n`,
};

/** As `readAnnotatedDocuments`, with the concepts that mentions denote; ids may repeat. */
export const readLinkedDocuments = (
  from: Source | string,
): AsyncGenerator<LineResult<SourceDocument>> => readLines(from, parseLine);

/** JSON lines with entities. */
export const annotatedJsonlFormat: AnnotatedFormat = {
  name: 'annotated JSON lines',
  mediaTypes: ['application/jsonl', 'application/x-ndjson'],
  recognise: ({ text }) => {
    const first = firstObject(text);
    // A line that is longer than the head says so only in its beginning.
    return first === undefined
      ? /^\ufeff?\s*\{[^\n]*"entities"\s*:\s*\[/.test(text)
      : Array.isArray(first.entities) && typeof first.text === 'string';
  },
  read: (source) => readLinkedDocuments(source),
  printing,
  print: (documents) => [printFile(printing, documents)],
};
