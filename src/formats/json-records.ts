/**
 * The objects of the first list in a JSON file, one at a time: a collection of any size passes, as long
 * as each of its records fits. Where the list is a record's own (its key is one of `ownLists`), the
 * file is one record.
 */
import { appError } from '../core/errors.ts';
import { utf8Bytes } from './encoding.ts';
import { maxRecordBytes } from './limits.ts';
import { decodeUtf8 } from './lines.ts';
import type { Source } from './source.ts';

/** A record and the line where it begins. */
export interface JsonRecord {
  readonly json: string;
  readonly line: number;
}

const byte = {
  quote: 0x22,
  escape: 0x5c,
  open: 0x7b,
  close: 0x7d,
  list: 0x5b,
  listEnd: 0x5d,
  lineFeed: 0x0a,
};

/** Looks at one byte after the other and knows how deep it is. */
class RecordScanner {
  readonly #path: string;
  readonly #ownLists: ReadonlySet<string>;
  #parts: Buffer[] = [];
  #length = 0;
  #line = 1;
  #recordLine = 1;
  #depth = 0;
  /** Depth of the objects that are records; unknown until the first list opens. */
  #recordDepth: number | undefined;
  #isIn: 'string' | 'escape' | undefined;

  constructor(path: string, ownLists: readonly string[]) {
    this.#path = path;
    this.#ownLists = new Set(ownLists);
  }

  /** The records that end in these bytes. */
  *take(chunk: Buffer): Generator<JsonRecord> {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const value = chunk[at]!;
      if (value === byte.lineFeed) this.#line += 1;
      if (this.#isIn !== undefined) this.#inString(value);
      else if (value === byte.quote) this.#isIn = 'string';
      else if (value === byte.open || value === byte.list) from = this.#open(chunk, at, from);
      else if (this.#closes(value)) {
        this.#keep(chunk.subarray(from, at + 1));
        from = at + 1;
        yield this.#record();
      }
    }
    this.#keep(chunk.subarray(from));
  }

  /** True when a record ends with this byte. */
  #closes(value: number): boolean {
    if (value !== byte.close && value !== byte.listEnd) return false;
    this.#depth -= 1;
    return value === byte.close && this.#depth + 1 === (this.#recordDepth ?? 1);
  }

  #inString(value: number): void {
    if (this.#isIn === 'escape') this.#isIn = 'string';
    else if (value === byte.escape) this.#isIn = 'escape';
    else if (value === byte.quote) this.#isIn = undefined;
  }

  /** Where the bytes to keep begin from here on. */
  #open(chunk: Buffer, at: number, from: number): number {
    this.#depth += 1;
    const isList = chunk[at] === byte.list;
    if (isList && this.#recordDepth === undefined) {
      const before = Buffer.concat([...this.#parts, chunk.subarray(from, at)]).toString('latin1');
      const key = /"((?:[^"\\]|\\.)*)"\s*:\s*$/.exec(before.slice(-200))?.[1] ?? '';
      this.#recordDepth = this.#ownLists.has(key) ? 1 : this.#depth + 1;
    }
    if (isList || this.#depth !== this.#recordDepth) return from;
    this.#parts = [];
    this.#length = 0;
    this.#recordLine = this.#line;
    return at;
  }

  #keep(bytes: Buffer): void {
    const isBetween = this.#recordDepth !== undefined && this.#depth < this.#recordDepth - 1;
    if (isBetween || bytes.length === 0) return;
    this.#length += bytes.length;
    if (this.#length > maxRecordBytes) {
      const place = { path: this.#path, line: this.#recordLine };
      throw appError('RECORD_TOO_LONG', { ...place, maxBytes: maxRecordBytes });
    }
    this.#parts.push(bytes);
  }

  #record(): JsonRecord {
    const place = { path: this.#path, line: this.#recordLine };
    const json = decodeUtf8(Buffer.concat(this.#parts), place);
    this.#parts = [];
    this.#length = 0;
    return { json, line: this.#recordLine };
  }

  /** Throws: FILE_INVALID when the file ends too early. */
  end(): void {
    if (this.#depth === 0 && this.#isIn === undefined) return;
    const rule = 'JSON that ends';
    throw appError('FILE_INVALID', {
      path: this.#path,
      line: this.#line,
      rule,
      value: 'the end of the file',
    });
  }
}

/** Throws: RECORD_TOO_LONG, ENCODING_INVALID, FILE_INVALID at the end of a file that is cut off. */
export async function* readJsonRecords(
  source: Source,
  ownLists: readonly string[],
): AsyncGenerator<JsonRecord> {
  const scanner = new RecordScanner(source.path, ownLists);
  for await (const chunk of utf8Bytes(source.bytes(), source.path)) yield* scanner.take(chunk);
  scanner.end();
}
