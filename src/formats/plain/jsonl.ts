/**
 * Documents to be read: .jsonl with one a line, .txt and .md with one a file.
 */
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { appError } from '../../core/errors.ts';
import { type Fields, parseObject, takeId, takeObject, takeString, takeText } from '../fields.ts';
import {
  decodeUtf8,
  type LinePlace,
  type LineResult,
  lineResult,
  maxLineBytes,
  readLines,
} from '../lines.ts';

/** A document as a file gives it. */
export interface SourceDocument {
  readonly text: string;
  /** What the file calls it: reading it again under the same one replaces its text. */
  readonly externalId?: string;
  readonly title?: string;
  readonly metadata?: Fields;
}

/** Endings of files that `readDocuments` reads. */
const documentFileEndings = ['.jsonl', '.jsonl.gz', '.txt', '.md'] as const;

/**
 * The documents of a file. A .jsonl line is {"text", "externalId"? or "id"?, "title"?, "metadata"?};
 * a .txt or .md file is one document, its title the file's name, known by its text alone, because
 * two folders may have files of one name.
 *
 * Throws: FILE_UNREADABLE, also for other endings.
 */
export async function* readDocuments(path: string): AsyncGenerator<LineResult<SourceDocument>> {
  if (/\.jsonl(\.gz)?$/i.test(path)) yield* readLines(path, parseDocument);
  else if (['.txt', '.md'].includes(extname(path).toLowerCase())) yield await readTextFile(path);
  else {
    const reason = `its name must end in one of ${documentFileEndings.join(', ')}`;
    throw appError('FILE_UNREADABLE', { path, reason });
  }
}

/** The document on a line. Throws: FILE_INVALID. */
export function parseDocument(line: string, place: LinePlace): SourceDocument {
  const fields = parseObject(line, place);
  const externalId = takeId(fields, 'externalId', place) ?? takeId(fields, 'id', place);
  const title = takeString(fields, 'title', place);
  const metadata = takeObject(fields, 'metadata', place);
  return {
    text: takeText(fields, place),
    ...(externalId !== undefined && { externalId }),
    ...(title !== undefined && { title }),
    ...(metadata !== undefined && { metadata }),
  };
}

async function readTextFile(path: string): Promise<LineResult<SourceDocument>> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw appError('FILE_UNREADABLE', { path, reason: cause.code ?? cause.message }, cause);
  });
  const whole = bytes.length > maxLineBytes ? null : bytes;
  return lineResult(1, () => ({
    text: decodeUtf8(whole, { path, line: 1 }),
    title: basename(path),
  }));
}
