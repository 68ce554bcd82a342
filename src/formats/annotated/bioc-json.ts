/**
 * BioC JSON: the BioC model with its names as keys, as NCBI's services give it; a collection, a list of
 * documents under any key, or a single document.
 */
import { AppError } from '../../core/errors.ts';
import { type Fields, parseObject, requireRule } from '../fields.ts';
import type { AnnotatedFormat, DocumentPrinting } from '../format.ts';
import { readJsonRecords } from '../json-records.ts';
import type { LinePlace, LineResult } from '../lines.ts';
import { printFile } from '../printing.ts';
import type { Source } from '../source.ts';
import type { ImportedDocument, SourceDocument } from '../source-document.ts';
import { untilBroken } from '../xml.ts';
import {
  type BiocAnnotation,
  type BiocDocument,
  type BiocPassage,
  fromBioc,
  type Infons,
} from './bioc-document.ts';
import { requireHolds, requireNoPages } from './holding.ts';
import { toCodePoints } from './stated-mention.ts';

const format = 'BioC JSON';

function listOf(fields: Fields, name: string, place: LinePlace): readonly Fields[] {
  const list = fields[name] ?? [];
  const isList =
    Array.isArray(list) && list.every((item) => typeof item === 'object' && item !== null);
  requireRule(place, isList, {
    rule: `a document whose ${name} are a list of objects`,
    value: list,
  });
  return list as readonly Fields[];
}

/** Strings, and numbers as strings; what else an infon may be is passed over. */
function infonsOf({ infons }: Fields): Infons {
  const pairs = Object.entries((infons ?? {}) as Fields)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([key, value]) => [key, String(value)]);
  return Object.fromEntries(pairs) as Infons;
}

function textOf(fields: Fields, place: LinePlace): string {
  const text = fields.text ?? '';
  requireRule(place, typeof text === 'string' && !/\p{Surrogate}/u.test(text), {
    rule: 'a document whose texts are strings of well-formed Unicode',
    value: text,
  });
  return text;
}

function numberOf(fields: Fields, name: string, place: LinePlace): number {
  const value = fields[name] ?? 0;
  const rule = `a document whose ${name} are whole numbers`;
  requireRule(place, Number.isSafeInteger(value), { rule, value });
  return value as number;
}

const annotationOf = (fields: Fields, place: LinePlace): BiocAnnotation => ({
  infons: infonsOf(fields),
  locations: listOf(fields, 'locations', place).map((location) => ({
    offset: numberOf(location, 'offset', place),
    length: numberOf(location, 'length', place),
  })),
  text: textOf(fields, place),
  line: place.line,
});

/** A passage; one that only has sentences is those. */
function passagesOf(fields: Fields, place: LinePlace): readonly BiocPassage[] {
  const own: BiocPassage = {
    infons: infonsOf(fields),
    offset: numberOf(fields, 'offset', place),
    text: textOf(fields, place),
    annotations: listOf(fields, 'annotations', place).map((each) => annotationOf(each, place)),
  };
  if (own.text !== '') return [own];
  const sentences = listOf(fields, 'sentences', place);
  return sentences.flatMap((sentence) => passagesOf({ infons: fields.infons, ...sentence }, place));
}

/** The document of a record. Throws: FILE_INVALID. */
function biocOf(json: string, place: LinePlace): BiocDocument {
  const fields = parseObject(json, place);
  const id = fields.id ?? fields._id ?? '';
  requireRule(place, typeof id === 'string' || typeof id === 'number', {
    rule: 'a document with an id',
    value: id,
  });
  const passages = listOf(fields, 'passages', place).flatMap((each) => passagesOf(each, place));
  return { id: String(id), infons: infonsOf(fields), passages, line: place.line };
}

async function* documentsOf(source: Source): AsyncGenerator<LineResult<SourceDocument>> {
  const { path } = source;
  for await (const { json, line } of readJsonRecords(source, ['passages'])) {
    try {
      yield fromBioc(biocOf(json, { path, line }), path);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      yield { line, error };
    }
  }
}

/** A document as BioC JSON has it. Throws: FORMAT_CANNOT_HOLD. */
function printDocument(document: ImportedDocument): object {
  requireNoPages(format, document);
  const { id, text, mentions } = document;
  requireHolds(id !== '' && text !== '', { format, rule: 'an id and a text', value: { id, text } });
  const at = toCodePoints(text);
  const annotations = mentions.map(({ start, end, type, concept }, number) => {
    requireHolds(concept !== '' && concept !== '-', {
      format,
      rule: 'a concept or none',
      value: concept,
    });
    return {
      id: String(number + 1),
      infons: { type, ...(concept !== undefined && { identifier: concept }) },
      text: text.slice(start, end),
      locations: [{ offset: at(start), length: at(end) - at(start) }],
    };
  });
  const passage = { offset: 0, infons: {}, text, sentences: [], annotations, relations: [] };
  return { id, infons: {}, passages: [passage], relations: [] };
}

const printing: DocumentPrinting = {
  name: 'documents.bioc.json',
  head: '{"source":"spandex","date":"","key":"","infons":{},"documents":[\n',
  between: ',\n',
  tail: '\n]}\n',
  document: (document) => JSON.stringify(printDocument(document)),
};

/** BioC JSON. */
export const biocJsonFormat: AnnotatedFormat = {
  name: format,
  mediaTypes: ['application/json'],
  recognise: ({ text }) => /^\s*[[{]/.test(text) && /"passages"\s*:\s*\[/.test(text),
  read: (source) => untilBroken(documentsOf(source)),
  printing,
  print: (documents) => [printFile(printing, documents)],
};
