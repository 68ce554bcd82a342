/**
 * XML as a stream of events. No entity that a file declares is ever expanded and nothing outside the
 * file is read: a declaration is an error, and so is what is not well-formed.
 */
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { AppError, appError } from '../core/errors.ts';
import { decoded } from './encoding.ts';
import { maxDepth, maxRecordBytes } from './limits.ts';
import type { Source } from './source.ts';

/** What hears of a document's parts. A method may throw an AppError, which ends the reading. */
export interface XmlHandler<T> {
  open(name: string, attributes: Readonly<Record<string, string>>, line: number): void;
  text(text: string): void;
  /** Returns something when a record ends here. */
  close(name: string): T | undefined;
}

const declaredEncoding = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/;

/** The encoding that the first line declares. */
const declaredIn = (head: Buffer): string | undefined =>
  declaredEncoding.exec(head.subarray(0, 200).toString('latin1'))?.[1];

/** Reads one file. */
class XmlReader<T> {
  readonly #parser = new SaxesParser();
  readonly #path: string;
  readonly #results: T[] = [];
  #depth = 0;
  /** UTF-16 code units since the last record ended. */
  #pending = 0;
  #recordLine = 1;

  constructor(path: string, handler: XmlHandler<T>) {
    this.#path = path;
    const parser = this.#parser;
    parser.on('error', (cause) => {
      const rule = 'well-formed XML';
      throw appError('FILE_INVALID', { ...this.#place(), rule, value: cause.message }, cause);
    });
    parser.on('doctype', (doctype) => this.#refuseEntities(doctype));
    parser.on('opentag', (tag: SaxesTagPlain) => this.#open(tag, handler));
    parser.on('text', (text) => handler.text(text));
    parser.on('cdata', (text) => handler.text(text));
    parser.on('closetag', ({ name }) => this.#close(handler.close(name)));
  }

  /** The records that end in this piece. */
  write(piece: string): T[] {
    this.#pending += piece.length;
    this.#parser.write(piece);
    if (this.#results.length === 0 && this.#pending > maxRecordBytes) {
      const place = { path: this.#path, line: this.#recordLine };
      throw appError('RECORD_TOO_LONG', { ...place, maxBytes: maxRecordBytes });
    }
    return this.#results.splice(0);
  }

  /** The end of the file. */
  end(): T[] {
    this.#parser.close();
    return this.#results.splice(0);
  }

  #place(): { path: string; line: number } {
    return { path: this.#path, line: this.#parser.line };
  }

  #refuseEntities(doctype: string): void {
    const [, name] = /<!ENTITY\s+(?:%\s+)?([^\s>]{1,80})/.exec(doctype) ?? [];
    if (name !== undefined) throw appError('XML_ENTITY_REFUSED', { ...this.#place(), name });
  }

  #open({ name, attributes }: SaxesTagPlain, handler: XmlHandler<T>): void {
    this.#depth += 1;
    if (this.#depth > maxDepth) {
      throw appError('FILE_TOO_COMPLEX', {
        path: this.#path,
        what: 'levels of elements',
        max: maxDepth,
      });
    }
    handler.open(name, attributes, this.#parser.line);
  }

  #close(record: T | undefined): void {
    this.#depth -= 1;
    if (record === undefined) return;
    this.#results.push(record);
    this.#pending = 0;
    this.#recordLine = this.#parser.line;
  }
}

/**
 * The records of a file, in order.
 *
 * Throws: FILE_INVALID where it stops being well-formed, XML_ENTITY_REFUSED, ENCODING_INVALID,
 *         RECORD_TOO_LONG, FILE_TOO_COMPLEX; what came before has been given by then.
 */
export async function* readXml<T>(source: Source, handler: XmlHandler<T>): AsyncGenerator<T> {
  const reader = new XmlReader(source.path, handler);
  for await (const piece of decoded(source.bytes(), source.path, declaredIn)) {
    // In slices, so that few records of a file are in memory at once.
    for (let start = 0; start < piece.length; start += sliceChars) {
      yield* reader.write(piece.slice(start, start + sliceChars));
    }
  }
  yield* reader.end();
}

const sliceChars = 64 * 1024;

/** The end of a file that cannot be read further, as its last result. */
export async function* untilBroken<T extends { readonly line: number }>(
  results: AsyncIterable<T>,
): AsyncGenerator<T | { readonly line: number; readonly error: AppError }> {
  let line = 1;
  try {
    for await (const result of results) {
      line = result.line;
      yield result;
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield { line: Number(error.details.line ?? line), error };
  }
}
