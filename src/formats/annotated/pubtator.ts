/**
 * PubTator: `id|t|title`, `id|a|abstract`, then a line for each mention with tabs between id, start,
 * end, text, type and concept; a blank line ends the document. The text is the title, a line feed and
 * the abstract. Offsets count code points of that (what NCBI writes), whatever stands between the two.
 * Source: https://www.ncbi.nlm.nih.gov/research/pubtator3/tutorial
 */
import { AppError, appError } from '../../core/errors.ts';
import type { AnnotatedFormat, DocumentPrinting } from '../format.ts';
import { maxMentions } from '../limits.ts';
import { type LinePlace, type LineResult, readLines } from '../lines.ts';
import { printFile } from '../printing.ts';
import type { Source } from '../source.ts';
import type { ImportedDocument, SourceDocument } from '../source-document.ts';
import { requireHolds, requireNoNul, requireNoPages } from './holding.ts';
import {
  onOneLine,
  placeMentions,
  type StatedMention,
  toCodePoints,
  tooManyMentions,
} from './stated-mention.ts';

const format = 'PubTator';
const textLine = /^([^|\t]+)\|([ta])\|(.*)$/s;

/** A document as far as it has been read. */
interface Draft {
  readonly id: string;
  readonly line: number;
  title: string;
  abstract: string | undefined;
  mentions: StatedMention[];
  error: AppError | undefined;
}

function takeLine(draft: Draft, line: string, place: LinePlace): void {
  const [, , part, text = ''] = textLine.exec(line) ?? [];
  if (part === 't') draft.title = text;
  else if (part === 'a') draft.abstract = text;
  else {
    const mention = mentionOf(line, place);
    // What is beyond is passed over: the document is an error already.
    if (draft.mentions.length >= maxMentions) throw tooManyMentions(place.path);
    if (mention) draft.mentions.push(mention);
  }
}

const noConcept = new Set(['', '-']);
const offset = /^\d{1,9}$/;

/** A relation has two concepts where a mention has offsets. */
const isRelation = ([, first = '', second = '']: readonly string[]): boolean =>
  /^[A-Za-z]/.test(first) && second !== '';

/** The mention on a line; undefined for a relation between two. Throws: FILE_INVALID. */
function mentionOf(line: string, place: LinePlace): StatedMention | undefined {
  const columns = line.split('\t');
  if (isRelation(columns)) return undefined;
  const [, start = '', end = '', text, type = '', stated] = columns;
  if (!offset.test(start) || !offset.test(end) || type === '') {
    const rule = 'id, start, end, text and type with tabs between them';
    throw appError('FILE_INVALID', { ...place, rule, value: line });
  }
  const concept = noConcept.has(stated ?? '') ? undefined : stated;
  return { start: Number(start), end: Number(end), text, type, concept, line: place.line };
}

function finish(draft: Draft, path: string): LineResult<SourceDocument> {
  const { id, line, title, abstract, mentions, error } = draft;
  if (error) return { line, error };
  const text = abstract === undefined ? title : `${title}\n${abstract}`;
  try {
    const placed = placeMentions(text, mentions, path);
    return { line, value: { externalId: id, text, title, mentions: placed } };
  } catch (caught) {
    if (caught instanceof AppError) return { line, error: caught };
    throw caught;
  }
}

/** The id that a line begins with. */
const idOf = (line: string): string => textLine.exec(line)?.[1] ?? line.split('\t', 1)[0] ?? '';

/** Puts documents together from lines. */
class PubtatorReader {
  readonly #path: string;
  #draft: Draft | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** The document that ends before this line, if one does. */
  take(read: LineResult<string>): LineResult<SourceDocument> | undefined {
    const { line } = read;
    if ('error' in read) {
      this.#begin('', line).error ??= read.error;
      return undefined;
    }
    const ended = this.#endsBefore(read.value) ? this.end() : undefined;
    const draft = this.#begin(idOf(read.value), line);
    try {
      takeLine(draft, read.value, { path: this.#path, line });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      draft.error ??= error;
    }
    return ended;
  }

  end(): LineResult<SourceDocument> | undefined {
    const draft = this.#draft;
    this.#draft = undefined;
    return draft && finish(draft, this.#path);
  }

  /** Blank lines part documents, but are often missing: so does another id, and so does a title. */
  #endsBefore(line: string): boolean {
    return idOf(line) !== this.#draft?.id || textLine.exec(line)?.[2] === 't';
  }

  #begin(id: string, line: number): Draft {
    const fresh = { title: '', abstract: undefined, mentions: [], error: undefined };
    this.#draft ??= { id, line, ...fresh };
    return this.#draft;
  }
}

async function* readPubtator(source: Source): AsyncGenerator<LineResult<SourceDocument>> {
  const reader = new PubtatorReader(source.path);
  for await (const read of readLines(source, (line) => line.replace(/\r$/, ''))) {
    const ended = reader.take(read);
    if (ended) yield ended;
  }
  const last = reader.end();
  if (last) yield last;
}

/** A document's lines. Throws: FORMAT_CANNOT_HOLD. */
function printPubtator(document: ImportedDocument): string {
  requireNoPages(format, document);
  const { id, text, mentions } = document;
  requireNoNul(format, text);
  const [title = '', abstract, ...more] = text.split('\n');
  const rule = 'a text of at most two lines';
  requireHolds(more.length === 0 && !text.includes('\r'), { format, rule, value: text });
  requireHolds(/^[^|\t\r\n\ufeff]+$/.test(id) && id.trim() !== '', {
    format,
    rule: 'an id without | and tab',
    value: id,
  });
  const at = toCodePoints(text);
  const lines = mentions.map(({ start, end, type, concept }) => {
    const slice = text.slice(start, end);
    requireHolds(!slice.includes('\t'), { format, rule: 'mentions without tabs', value: slice });
    requireField(type);
    if (concept !== undefined) requireField(concept);
    const fields = [id, at(start), at(end), onOneLine(slice), type];
    return [...fields, ...(concept === undefined ? [] : [concept])].join('\t');
  });
  const abstractLines = abstract === undefined ? [] : [`${id}|a|${abstract}`];
  return `${[`${id}|t|${title}`, ...abstractLines, ...lines].join('\n')}\n\n`;
}

const requireField = (value: string): void =>
  requireHolds(/^[^\t\r\n]+$/.test(value) && value !== '-', {
    format,
    rule: 'types and concepts without tabs and line breaks',
    value,
  });

const printing: DocumentPrinting = {
  name: 'documents.pubtator',
  head: '',
  between: '',
  tail: '',
  document: printPubtator,
};

/** PubTator. */
export const pubtatorFormat: AnnotatedFormat = {
  name: format,
  mediaTypes: ['application/x-pubtator', 'text/plain'],
  recognise: ({ text }) => /^\ufeff?\s*[^|\t\n]{1,100}\|t\|/.test(text),
  read: readPubtator,
  printing,
  print: (documents) => [printFile(printing, documents)],
};
