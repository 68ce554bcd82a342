/**
 * Files of one record a line, plain or gzipped, as a stream: a line that cannot be read is reported
 * by its number and the lines around it are read.
 *
 * Only a line feed ends a line. (`node:readline` also stops at U+2028, which JSON allows in strings.)
 */
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError, appError } from '../core/errors.ts';

/** Where a line is; its number counts from 1. */
export interface LinePlace {
  readonly path: string;
  readonly line: number;
}

/** What became of a line: its value, or why it has none. */
export type LineResult<T> =
  | { readonly line: number; readonly value: T }
  | { readonly line: number; readonly error: AppError };

/** Longest line that is read; what is behind it is not kept in memory. */
export const maxLineBytes = 64 * 1024 * 1024;

const lineFeed = 0x0a;
const gzipMagic = Buffer.of(0x1f, 0x8b);

/**
 * What `parse` makes of each line that is not blank; an AppError that it throws is that line's result.
 *
 * Throws: FILE_UNREADABLE when the file cannot be opened or ends before its gzip stream does; lines
 * before the damage have been given by then.
 */
export async function* readLines<T>(
  path: string,
  parse: (text: string, place: LinePlace) => T,
): AsyncGenerator<LineResult<T>> {
  let line = 0;
  for await (const bytes of lineBytes(chunksOf(path))) {
    line += 1;
    if (bytes !== null && isBlank(bytes)) continue;
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

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const start = await file.read({ buffer: Buffer.alloc(2), position: 0 });
    const bytes = file.createReadStream({ start: 0, autoClose: false });
    const isGzip = start.bytesRead === 2 && start.buffer.equals(gzipMagic);
    for await (const chunk of isGzip ? unzipped(bytes) : bytes) yield chunk as Buffer;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw appError('FILE_UNREADABLE', { path, reason: code ?? message }, cause);
  } finally {
    await file?.close();
  }
}

/** Whoever reads the result meets the errors of both streams, so that `pipeline` need not report them. */
function unzipped(bytes: Readable): Readable {
  const gunzip = createGunzip();
  pipeline(bytes, gunzip, () => undefined);
  return gunzip;
}

/** The lines without their line feeds; null for one that is too long. */
async function* lineBytes(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | null> {
  let parts: Buffer[] = [];
  let length = 0;
  const take = (): Buffer | null => {
    const whole = length > maxLineBytes ? null : Buffer.concat(parts);
    parts = [];
    length = 0;
    return whole;
  };
  const keep = (part: Buffer): void => {
    length += part.length;
    if (length <= maxLineBytes) parts.push(part);
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
 * `maxLineBytes`. Throws: FILE_INVALID.
 */
export function decodeUtf8(bytes: Buffer | null, place: LinePlace): string {
  if (bytes === null) {
    const rule = `at most ${maxLineBytes} bytes long`;
    throw appError('FILE_INVALID', { ...place, rule, value: 'more' });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const value = bytes.subarray(0, 40).toString('latin1');
    throw appError('FILE_INVALID', { ...place, rule: 'UTF-8', value }, cause);
  }
}
