/**
 * How an e-mail message is divided into parts, before any of them is decoded: what comes one after the
 * other, and what says the same in several forms.
 *
 * Source: RFC 2046, 5.1.
 */
import { appError } from '../core/errors.ts';

/** A message, or a part of one: its own headers and what they are about. */
export interface MimePart {
  /** Such as "text/plain", in lower case. */
  readonly type: string;
  readonly bytes: Buffer;
  /** Its parts, in order; none for a part that is not divided. */
  readonly parts: readonly MimePart[];
}

/** Parts in parts. */
const maxPartLevels = 50;

/** Longer headers are left to the decoder, which refuses them. */
const maxHeadBytes = 2 * 1024 * 1024;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Where the first empty line ends, from a line's beginning on; the end of the bytes without one. */
function endOfHead(bytes: Buffer): number {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(lineFeed, at);
    if (end < 0) break;
    const isEmpty = end === at || (end === at + 1 && bytes[at] === carriageReturn);
    if (isEmpty) return end + 1;
    at = end + 1;
  }
  return bytes.length;
}

/** The headers of a message or part, with the empty line behind them. */
export const headOf = (bytes: Buffer): Buffer => bytes.subarray(0, endOfHead(bytes));

/** What the headers say of the content. */
function contentTypeOf(head: Buffer, otherwise: string): { type: string; boundary?: string } {
  const unfolded = head.toString('latin1').replace(/\r?\n[ \t]+/g, ' ');
  const value = /^content-type[ \t]*:[ \t]*(.*)$/im.exec(unfolded)?.[1] ?? otherwise;
  const type = value.replace(/[\s;].*$/s, '').toLowerCase();
  const [, quoted, bare] = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))/i.exec(value) ?? [];
  const boundary = quoted ?? bare;
  return boundary === undefined ? { type } : { type, boundary };
}

/** What stands between the lines of a boundary; what is before the first and behind the last is no part. */
function between(body: Buffer, boundary: string): Buffer[] {
  const mark = Buffer.from(`--${boundary}`, 'latin1');
  const parts: Buffer[] = [];
  let start: number | undefined;
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + mark.length)) {
    if (at > 0 && body[at - 1] !== lineFeed) continue;
    const lineEnd = body.indexOf(lineFeed, at);
    const end = lineEnd < 0 ? body.length : lineEnd + 1;
    const rest = body.toString('latin1', at + mark.length, Math.min(end, at + mark.length + 1_000));
    if (!/^(?:--)?[ \t]*\r?\n?$/.test(rest)) continue;
    // The line end before a boundary is the boundary's.
    const before = body[at - 2] === carriageReturn ? at - 2 : at - 1;
    if (start !== undefined) parts.push(body.subarray(start, Math.max(start, before)));
    if (rest.startsWith('--')) return parts;
    start = end;
  }
  // Cut off before its end, a message still has its last part.
  if (start !== undefined) parts.push(body.subarray(start));
  return parts;
}

/**
 * The parts of a message, and their parts.
 *
 * Throws: FILE_TOO_COMPLEX.
 */
export function splitMessage(
  bytes: Buffer,
  { path, level = 0, otherwise = 'text/plain' }: SplitOptions,
): MimePart {
  if (level > maxPartLevels) {
    throw appError('FILE_TOO_COMPLEX', { path, what: 'levels of parts', max: maxPartLevels });
  }
  const head = headOf(bytes);
  if (head.length > maxHeadBytes) return { type: otherwise, bytes, parts: [] };
  const { type, boundary } = contentTypeOf(head, otherwise);
  if (!type.startsWith('multipart/') || boundary === undefined) return { type, bytes, parts: [] };
  const inside = type === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
  const parts = between(bytes.subarray(head.length), boundary).map((part) =>
    splitMessage(part, { path, level: level + 1, otherwise: inside }),
  );
  return { type, bytes, parts };
}

/** How a message is divided. */
interface SplitOptions {
  readonly path: string;
  /** How deep in another message it is. */
  readonly level?: number;
  /** The type of a part whose headers say none. */
  readonly otherwise?: string;
}
