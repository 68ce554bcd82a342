/**
 * Files of one record a line, plain or gzipped, as a stream: a line that cannot be read is reported
 * by its number and the lines around it are read.
 *
 * Only a line feed ends a line. (`node:readline` also stops at U+2028, which JSON allows in strings.)
 */
import { AppError, appError } from '../core/errors.ts';
import { encodingError, utf8Bytes } from './encoding.ts';
import { fileSource } from './file-source.ts';
import { maxRecordBytes } from './limits.ts';
import type { Source } from './source.ts';

/** Where a line is; its number counts from 1. */
export interface LinePlace {
  readonly path: string;
  readonly line: number;
}

/** What became of a line: its value, or why it has none. */
export type LineResult<T> =
  | { readonly line: number; readonly value: T }
  | { readonly line: number; readonly error: AppError };

const lineFeed = 0x0a;

/**
 * What `parse` makes of each line that is not blank, of a source or a file's path; an AppError that it throws is that line's result.
 *
 * Throws: FILE_UNREADABLE when the file cannot be opened or ends before its gzip stream does; lines
 * before the damage have been given by then.
 */
export async function* readLines<T>(
  from: Source | string,
  parse: (text: string, place: LinePlace) => T,
  { withBlank = false }: { readonly withBlank?: boolean } = {},
): AsyncGenerator<LineResult<T>> {
  const source = typeof from === 'string' ? fileSource(from) : from;
  const { path } = source;
  let line = 0;
  for await (const bytes of lineBytes(utf8Bytes(source.bytes(), path))) {
    line += 1;
    if (!withBlank && bytes !== null && isBlank(bytes)) continue;
    const place = { path, line };
    yield lineResult(line, () => parse(decodeUtf8(bytes, place), place));
  }
}

/** What `make` returns, or the AppError that it throws. */
export function lineResult<T>(line: number, make: () => T): LineResult<T> {
  try {
    return { line, value: make() };
  } catch (error) {
    if (error instanceof AppError) return { line, error };
    throw error;
  }
}

const isBlank = (bytes: Buffer): boolean =>
  bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);

/** The lines without their line feeds; null for one that is too long. */
async function* lineBytes(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | null> {
  let parts: Buffer[] = [];
  let length = 0;
  const take = (): Buffer | null => {
    const whole = length > maxRecordBytes ? null : Buffer.concat(parts);
    parts = [];
    length = 0;
    return whole;
  };
  const keep = (part: Buffer): void => {
    length += part.length;
    if (length <= maxRecordBytes) parts.push(part);
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      keep(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    keep(chunk.subarray(start));
  }
  if (length > 0) yield take();
}

/**
 * Text of UTF-8 bytes without a byte order mark at its start; null stands for bytes beyond
 * `maxRecordBytes`. Throws: ENCODING_INVALID, RECORD_TOO_LONG.
 */
export function decodeUtf8(bytes: Buffer | null, place: LinePlace): string {
  if (bytes === null) {
    throw appError('RECORD_TOO_LONG', { ...place, maxBytes: maxRecordBytes });
  }
  try {
    // Only a file begins with a mark; further on it is a character like any other.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: place.line > 1 }).decode(bytes);
  } catch {
    throw encodingError(place, 'utf-8', bytes);
  }
}
