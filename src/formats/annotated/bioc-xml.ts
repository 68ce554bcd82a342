/**
 * BioC XML: a collection of documents with passages and annotations.
 * Source: http://bioc.sourceforge.net (BioC.dtd).
 */
import { appError } from '../../core/errors.ts';
import type { AnnotatedFormat, DocumentPrinting } from '../format.ts';
import type { LineResult } from '../lines.ts';
import { beginsAsXml } from '../markup-head.ts';
import { printFile } from '../printing.ts';
import type { Source } from '../source.ts';
import type { ImportedDocument, SourceDocument } from '../source-document.ts';
import { readXml, untilBroken, type XmlHandler } from '../xml.ts';
import { type BiocAnnotation, type BiocPassage, fromBioc } from './bioc-document.ts';
import { requireHolds, requireNoPages } from './holding.ts';
import { toCodePoints } from './stated-mention.ts';

const format = 'BioC XML';

interface Holder {
  readonly infons: Record<string, string>;
  offset: number;
  text: string;
  readonly line: number;
  readonly annotations: BiocAnnotation[];
  readonly locations: { offset: number; length: number }[];
}

const newHolder = (line: number): Holder => ({
  infons: {},
  offset: 0,
  text: '',
  line,
  annotations: [],
  locations: [],
});

/** Elements that infons, texts and offsets belong to. */
const holders = new Set(['document', 'passage', 'sentence', 'annotation', 'relation']);

class BiocHandler implements XmlHandler<LineResult<SourceDocument>> {
  readonly #path: string;
  readonly #open: { name: string; holder: Holder }[] = [];
  #passages: BiocPassage[] = [];
  #id = '';
  #key = '';
  #text = '';

  constructor(path: string) {
    this.#path = path;
  }

  open(name: string, attributes: Readonly<Record<string, string>>, line: number): void {
    this.#text = '';
    if (holders.has(name)) this.#open.push({ name, holder: newHolder(line) });
    if (name === 'document') {
      this.#passages = [];
      this.#id = '';
    }
    if (name === 'infon') this.#key = attributes.key ?? '';
    if (name === 'location') this.#takeLocation(attributes, line);
  }

  text(text: string): void {
    if (this.#open.length > 0) this.#text += text;
  }

  close(name: string): LineResult<SourceDocument> | undefined {
    const top = this.#open.at(-1);
    if (top) this.#takeElement(name, top);
    this.#text = '';
    if (!top || name !== top.name) return undefined;
    this.#open.pop();
    return this.#takeHolder(name, top.holder);
  }

  #takeLocation({ offset, length }: Readonly<Record<string, string>>, line: number): void {
    const [start, chars] = [Number(offset), Number(length)];
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(chars)) {
      const rule = 'a location with offset and length';
      throw appError('FILE_INVALID', { path: this.#path, line, rule, value: { offset, length } });
    }
    this.#open.at(-1)?.holder.locations.push({ offset: start, length: chars });
  }

  #takeElement(name: string, { name: within, holder }: { name: string; holder: Holder }): void {
    if (name === 'infon') holder.infons[this.#key] = this.#text;
    else if (name === 'text') holder.text = this.#text;
    else if (name === 'offset') holder.offset = Number(this.#text);
    else if (name === 'id' && within === 'document') this.#id = this.#text.trim();
  }

  #takeHolder(name: string, holder: Holder): LineResult<SourceDocument> | undefined {
    const { infons, locations, text, line, offset, annotations } = holder;
    const parent = this.#open.at(-1)?.holder;
    if (name === 'annotation') parent?.annotations.push({ infons, locations, text, line });
    if (name === 'sentence')
      this.#passages.push({ ...holder, infons: { ...parent?.infons, ...infons } });
    if (name === 'passage') this.#passages.push({ infons, offset, text, annotations });
    if (name !== 'document') return undefined;
    const document = { id: this.#id, infons, passages: this.#passages, line };
    this.#passages = [];
    return fromBioc(document, this.#path);
  }
}

async function* readBiocXml(source: Source): AsyncGenerator<LineResult<SourceDocument>> {
  yield* untilBroken(readXml(source, new BiocHandler(source.path)));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** Line breaks are written as references: a reader may make others of them. */
const escaped = (text: string): string =>
  text.replace(/[&<>"\r\n\t]/g, (character) => entities[character] ?? character);

const notXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function requireXml(value: string): void {
  requireHolds(!notXml.test(value), { format, rule: 'only characters that XML 1.0 has', value });
}

/** The element of a document. Throws: FORMAT_CANNOT_HOLD. */
function printDocument(document: ImportedDocument): string {
  requireNoPages(format, document);
  const { id, text, mentions } = document;
  requireXml(text);
  requireXml(id);
  requireHolds(text !== '', { format, rule: 'a text', value: text });
  requireHolds(id.trim() === id && id !== '', {
    format,
    rule: 'an id without blanks about it',
    value: id,
  });
  const at = toCodePoints(text);
  const annotations = mentions.map(({ start, end, type, concept }, number) => {
    requireXml(type);
    requireXml(concept ?? '');
    requireHolds(concept !== '' && concept !== '-', {
      format,
      rule: 'a concept or none',
      value: concept,
    });
    const infons = [
      `<infon key="type">${escaped(type)}</infon>`,
      ...(concept === undefined ? [] : [`<infon key="identifier">${escaped(concept)}</infon>`]),
    ].join('');
    const location = `<location offset="${at(start)}" length="${at(end) - at(start)}"/>`;
    return `<annotation id="${number + 1}">${infons}${location}<text>${escaped(text.slice(start, end))}</text></annotation>`;
  });
  const passage = `<passage><offset>0</offset><text>${escaped(text)}</text>${annotations.join('')}</passage>`;
  return `<document><id>${escaped(id)}</id>${passage}</document>\n`;
}

const printing: DocumentPrinting = {
  name: 'documents.bioc.xml',
  head: `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE collection SYSTEM "BioC.dtd">
<collection><source>spandex</source><date></date><key></key>
`,
  between: '',
  tail: '</collection>\n',
  document: printDocument,
};

/** BioC XML. */
export const biocXmlFormat: AnnotatedFormat = {
  name: format,
  mediaTypes: ['application/xml', 'text/xml'],
  recognise: ({ text }) =>
    beginsAsXml(text) &&
    (/<!DOCTYPE\s+collection\s/.test(text) ||
      (/<collection[\s>]/.test(text) && /<(source|key|document)[\s>/]/.test(text))),
  read: readBiocXml,
  printing,
  print: (documents) => [printFile(printing, documents)],
};
