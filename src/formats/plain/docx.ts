/**
 * DOCX: the paragraphs, tables and notes of a Word file, in order. Headers, footers, comments, deleted
 * text and the codes of fields are noted as dropped.
 *
 * Our own reading of the XML and not a converter's: those leave out what they do not know in silence.
 * Source: ECMA-376, part 1, chapter 17 (WordprocessingML).
 */
import { AppError, appError } from '../../core/errors.ts';
import type { Format } from '../format.ts';
import { maxWholeFileBytes } from '../limits.ts';
import type { LineResult } from '../lines.ts';
import { readWhole, type Source } from '../source.ts';
import {
  type DroppedTextReason,
  type SourceDocument,
  withoutUndefined,
} from '../source-document.ts';
import { type Separator, TextBuilder } from '../text-builder.ts';
import { readXml, type XmlHandler } from '../xml.ts';
import { leadingNames, openZip, type Zip } from '../zip-sources.ts';

/** Elements whose text is not the document's. */
const dropReasons: Readonly<Record<string, DroppedTextReason>> = {
  'w:delText': 'REVISION',
  'w:delInstrText': 'FIELD_CODE',
  'w:instrText': 'FIELD_CODE',
};

/** Elements that part what is before them from what is behind. */
const separators: Readonly<Record<string, Separator>> = {
  'w:p': '\n',
  'w:tbl': '\n',
  'w:tr': '\n',
  'w:br': '\n',
  'w:cr': '\n',
  'w:tc': '\t',
  'w:tab': '\t',
};

/** Copies of what has been read for programs that do not know its newer form. */
const copies = new Set(['mc:Fallback']);

/** Reads one part of the package into a text. */
class WordHandler implements XmlHandler<never> {
  readonly #builder: TextBuilder;
  readonly #reason: DroppedTextReason | undefined;
  readonly #levels: string[] = [];
  #text = '';

  constructor(builder: TextBuilder, reason?: DroppedTextReason) {
    this.#builder = builder;
    this.#reason = reason;
  }

  open(name: string): void {
    this.#levels.push(name);
    this.#text = '';
    if (name === 'w:noBreakHyphen') this.#add('\u2011');
  }

  text(text: string): void {
    this.#text += text;
  }

  close(name: string): undefined {
    const reason = dropReasons[name];
    if (name === 'w:t' || name === 'm:t') this.#add(this.#text);
    else if (reason !== undefined) this.#builder.drop(reason, this.#text);
    const separator = separators[name];
    if (separator !== undefined && this.#reason === undefined) this.#separate(name, separator);
    this.#levels.pop();
    this.#text = '';
  }

  /** Paragraphs of a cell stay on its line. */
  #separate(name: string, separator: Separator): void {
    const isInCell = name === 'w:p' && this.#levels.includes('w:tc');
    this.#builder.separate(isInCell ? ' ' : separator);
  }

  #add(text: string): void {
    if (this.#levels.some((name) => copies.has(name))) return;
    if (this.#reason === undefined) this.#builder.add(text);
    else this.#builder.drop(this.#reason, text);
  }
}

/** Parts that belong to the text, after the body. */
const noteParts = ['word/footnotes.xml', 'word/endnotes.xml'];

/** Parts that do not. */
function droppedPart(name: string): DroppedTextReason | undefined {
  if (/^word\/(?:header|footer)\d*\.xml$/.test(name)) return 'HEADER_OR_FOOTER';
  return /^word\/comments\w*\.xml$/.test(name) ? 'REVISION' : undefined;
}

async function readPart(
  source: Source,
  builder: TextBuilder,
  reason?: DroppedTextReason,
): Promise<void> {
  const parts = readXml(source, new WordHandler(builder, reason));
  await parts.next();
}

const propertyKeys: Readonly<Record<string, string>> = {
  'dc:title': 'title',
  'dc:creator': 'authors',
  'dcterms:created': 'date',
  'dc:subject': 'subject',
  'dc:language': 'language',
  'cp:keywords': 'keywords',
};

/** What the file says of itself. */
async function propertiesOf(source: Source | undefined): Promise<Record<string, string>> {
  const properties: Record<string, string> = {};
  if (source === undefined) return properties;
  let text = '';
  const handler: XmlHandler<never> = {
    open: () => {
      text = '';
    },
    text: (piece) => {
      text += piece;
    },
    close: (name): undefined => {
      const key = propertyKeys[name];
      if (key !== undefined && text.trim() !== '') properties[key] = text.trim();
    },
  };
  await readXml(source, handler).next();
  return properties;
}

/** Parts of a package by their names in it. Throws: ARCHIVE_PATH_UNSAFE. */
function partsOf({ entries }: Zip, path: string): ReadonlyMap<string, Source> {
  const parts = new Map<string, Source>();
  for (const entry of entries) {
    if (entry instanceof AppError) throw entry;
    parts.set(entry.path.slice(path.length + 1), entry);
  }
  return parts;
}

/** Reads what is text, then what is noted as dropped. Throws: FORMAT_UNKNOWN, what XML throws. */
async function readParts(parts: ReadonlyMap<string, Source>, path: string): Promise<TextBuilder> {
  const builder = new TextBuilder();
  if (!parts.has('word/document.xml')) {
    throw appError('FORMAT_UNKNOWN', { path, reason: 'an Office file that is not of Word' });
  }
  for (const name of ['word/document.xml', ...noteParts]) {
    const part = parts.get(name);
    if (part) await readPart(part, builder);
  }
  for (const [name, part] of parts) {
    const reason = droppedPart(name);
    if (reason !== undefined) await readPart(part, builder, reason);
  }
  return builder;
}

/** The document of an open package. Throws: FILE_WITHOUT_TEXT, and what `readParts` throws. */
async function documentOf(zip: Zip, { path, name }: Source): Promise<SourceDocument> {
  const parts = partsOf(zip, path);
  const { text, dropped } = (await readParts(parts, path)).finish();
  if (text.trim() === '') {
    throw appError('FILE_WITHOUT_TEXT', { path, line: 1, reason: 'no paragraph has any' });
  }
  const { title = name, authors, ...others } = await propertiesOf(parts.get('docProps/core.xml'));
  const metadata = { ...others, ...withoutUndefined({ authors: authors?.split(/\s*;\s*/) }) };
  return {
    text,
    title,
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(dropped.length > 0 && { dropped }),
  };
}

async function* readDocx(source: Source): AsyncGenerator<LineResult<SourceDocument>> {
  const { path } = source;
  let zip: Zip | undefined;
  try {
    const bytes = await readWhole(source, maxWholeFileBytes);
    if (bytes === null)
      throw appError('RECORD_TOO_LONG', { path, line: 1, maxBytes: maxWholeFileBytes });
    zip = await openZip(path, bytes);
    yield { line: 1, value: await documentOf(zip, source) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield { line: 1, error };
  } finally {
    zip?.close();
  }
}

/** One of these is among the first parts of every Office file, or of one of Word. */
const officeParts: readonly string[] = ['[Content_Types].xml', 'word/document.xml'];

/** DOCX. */
export const docxFormat: Format = {
  name: 'DOCX',
  mediaTypes: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  recognise: ({ bytes }) => [...leadingNames(bytes)].some((name) => officeParts.includes(name)),
  read: readDocx,
};
