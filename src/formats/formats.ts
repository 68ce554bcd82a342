/**
 * Every format, and how to find out which one a file is of.
 */
import { TextDecoder } from 'node:util';
import { annotatedJsonlFormat } from './annotated/annotated-jsonl.ts';
import { biocJsonFormat } from './annotated/bioc-json.ts';
import { biocXmlFormat } from './annotated/bioc-xml.ts';
import { bratFormat } from './annotated/brat.ts';
import { conllFormat } from './annotated/conll.ts';
import { pubtatorFormat } from './annotated/pubtator.ts';
import { detectEncoding } from './encoding.ts';
import type { AnnotatedFormat, Format, Head } from './format.ts';
import { headBytes } from './limits.ts';
import { csvFormat } from './plain/csv.ts';
import { docxFormat } from './plain/docx.ts';
import { jsonlFormat } from './plain/jsonl.ts';
import { markdownFormat } from './plain/markdown.ts';
import { emailFormat, htmlFormat, pdfFormat } from './plain/parsed-elsewhere.ts';
import { pubmedXmlFormat } from './plain/pubmed-xml.ts';
import { textFormat } from './plain/text.ts';
import { readHead, type Source } from './source.ts';
import { isZip } from './zip-sources.ts';

/** Formats that say where mentions are; they can be written as well. */
export const annotatedFormats: readonly AnnotatedFormat[] = [
  biocXmlFormat,
  bratFormat,
  biocJsonFormat,
  annotatedJsonlFormat,
  pubtatorFormat,
  conllFormat,
];

/** All formats in the order in which they are asked: what has a mark of its own before what has none. */
export const formats: readonly Format[] = [
  pdfFormat,
  docxFormat,
  pubmedXmlFormat,
  ...annotatedFormats,
  jsonlFormat,
  htmlFormat,
  emailFormat,
  csvFormat,
  markdownFormat,
  textFormat,
];

/** The beginning of a source. */
export async function headOf(source: Source): Promise<Head> {
  const start = await readHead(source, headBytes + 1);
  const bytes = start.subarray(0, headBytes);
  const name = source.name.toLowerCase();
  // Only brat asks, and for one name.
  const annotations = await source.sibling(source.name.replace(/\.txt$/i, '.ann'));
  return {
    name,
    bytes,
    text: new TextDecoder(detectEncoding(bytes)).decode(bytes, { stream: true }),
    isCut: start.length > headBytes,
    hasSibling: (other) => annotations?.name.toLowerCase() === other,
  };
}

/**
 * The format of a file that begins so; undefined when it is none that can be read. An archive is not
 * what the files in it are, which stand there as they are when they are not compressed.
 */
export const recogniseFormat = (head: Head): Format | undefined =>
  (isZip(head.bytes) ? [docxFormat] : formats).find((format) => format.recognise(head));
