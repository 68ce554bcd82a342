/**
 * Bytes to text. UTF-8 and, by its byte order mark or its pattern, UTF-16; what a file declares itself
 * counts where the format has a place for it (XML, HTML). Nothing is guessed beyond that, and no byte
 * is replaced in silence: what is not of the encoding is an error.
 */
import { TextDecoder } from 'node:util';
import { appError } from '../core/errors.ts';
import { maxWholeFileBytes } from './limits.ts';
import { readWhole, type Source } from './source.ts';

/** Encodings that are recognised without being declared. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

interface Place {
  readonly path: string;
  readonly line: number;
}

/** Bytes that tell UTF-16 without a mark from anything else. */
const patternBytes = 4_096;

/** The encoding of bytes from the start of a file. */
export function detectEncoding(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  const start = head.subarray(0, patternBytes);
  return utf16ByZeros(start) ?? utf16BySpaces(start) ?? 'utf-8';
}

/** Letters of Latin script have a zero byte each, always on the same side. */
function utf16ByZeros(start: Buffer): Encoding | undefined {
  const zeros = [0, 0];
  for (let i = 0; i < start.length; i += 1) if (start[i] === 0) zeros[i % 2]! += 1;
  const [even, odd] = zeros as [number, number];
  const units = start.length / 2;
  if (units < 4 || !Number.isInteger(units)) return undefined;
  if (odd > units * 0.4 && even < units * 0.05) return 'utf-16le';
  if (even > units * 0.4 && odd < units * 0.05) return 'utf-16be';
  return undefined;
}

/** Other scripts: it is no UTF-8, and read one way round it has blanks and stops as a text has. */
function utf16BySpaces(start: Buffer): Encoding | undefined {
  const whole = start.subarray(0, start.length - (start.length % 2));
  if (whole.length < 8 || isUtf8(start)) return undefined;
  const little = blanks(whole, 'utf-16le');
  const big = blanks(whole, 'utf-16be');
  if (little > 0 && little > 4 * big) return 'utf-16le';
  return big > 0 && big > 4 * little ? 'utf-16be' : undefined;
}

/** A character that the end of `start` cuts in two does not count. */
function isUtf8(start: Buffer): boolean {
  return [0, 1, 2, 3].some((cut) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(start.subarray(0, start.length - cut));
      return true;
    } catch {
      return false;
    }
  });
}

function blanks(bytes: Buffer, encoding: Encoding): number {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    const count = text.match(/[ \n\u3000-\u3002\uff0c]/g)?.length ?? 0;
    return count / text.length > 0.01 ? count : 0;
  } catch {
    return 0;
  }
}

const names: Readonly<Record<string, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16, little end first',
  'utf-16be': 'UTF-16, big end first',
};

/** The error of bytes that are not of their encoding. */
export function encodingError(place: Place, encoding: string, bytes: Buffer): Error {
  const value = bytes.subarray(0, 40).toString('latin1');
  return appError('ENCODING_INVALID', { ...place, encoding: names[encoding] ?? encoding, value });
}

/** A decoder that refuses wrong bytes. Throws: ENCODING_INVALID for a label that nobody knows. */
function openDecoder(encoding: string, place: Place): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw appError('ENCODING_INVALID', {
      ...place,
      encoding: 'an encoding with a known name',
      value: encoding,
    });
  }
}

/** The text, in pieces, without a byte order mark. Throws: ENCODING_INVALID. */
export async function* decoded(
  chunks: AsyncIterable<Buffer>,
  path: string,
  declared?: (head: Buffer) => string | undefined,
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let encoding = 'utf-8';
  let line = 1;
  for await (const chunk of chunks) {
    if (decoder === undefined) {
      encoding = detectEncoding(chunk);
      if (encoding === 'utf-8') encoding = declared?.(chunk) ?? encoding;
      decoder = openDecoder(encoding, { path, line });
    }
    const text = decodeChunk(decoder, chunk, () => encodingError({ path, line }, encoding, chunk));
    line += lineFeeds(text);
    yield text;
  }
  if (decoder === undefined) return;
  const rest = Buffer.alloc(0);
  const last = decodeChunk(decoder, null, () => encodingError({ path, line }, encoding, rest));
  if (last !== '') yield last;
}

function decodeChunk(decoder: TextDecoder, chunk: Buffer | null, error: () => Error): string {
  try {
    return chunk === null ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (cause) {
    const found = error();
    found.cause = cause;
    throw found;
  }
}

function lineFeeds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** The bytes as UTF-8, which they are already unless the file is UTF-16. */
export async function* utf8Bytes(
  chunks: AsyncIterable<Buffer>,
  path: string,
): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | null | undefined;
  let encoding: Encoding = 'utf-8';
  for await (const chunk of chunks) {
    if (decoder === undefined) {
      encoding = detectEncoding(chunk);
      decoder = encoding === 'utf-8' ? null : openDecoder(encoding, { path, line: 1 });
    }
    if (decoder === null) yield chunk;
    else {
      const error = () => encodingError({ path, line: 1 }, encoding, chunk);
      yield Buffer.from(decodeChunk(decoder, chunk, error));
    }
  }
  if (!decoder) return;
  decodeChunk(decoder, null, () => encodingError({ path, line: 1 }, encoding, Buffer.alloc(0)));
}

/**
 * A whole file as text, exactly as it is but for a byte order mark.
 *
 * Throws: ENCODING_INVALID, RECORD_TOO_LONG.
 */
export async function readText(source: Source): Promise<string> {
  const { path } = source;
  const bytes = await readWhole(source, maxWholeFileBytes);
  if (bytes !== null) return decodedWhole(bytes, path);
  throw appError('RECORD_TOO_LONG', { path, line: 1, maxBytes: maxWholeFileBytes });
}

/** Bytes of a whole file as text. Throws: ENCODING_INVALID. */
export function decodedWhole(
  bytes: Buffer,
  path: string,
  declared?: (head: Buffer) => string | undefined,
): string {
  const place = { path, line: 1 };
  const detected = detectEncoding(bytes);
  const encoding = detected === 'utf-8' ? (declared?.(bytes) ?? detected) : detected;
  const decoder = openDecoder(encoding, place);
  const bad = (): Error => encodingError(place, encoding, firstBad(bytes, encoding));
  return decodeChunk(decoder, bytes, bad) + decodeChunk(decoder, null, bad);
}

/** The bytes about the first that are not of their encoding, found by halving. */
function firstBad(bytes: Buffer, encoding: string): Buffer {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, middle), {
        stream: true,
      });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return bytes.subarray(Math.max(0, good - 20), good + 20);
}
