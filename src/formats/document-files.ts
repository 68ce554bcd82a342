/**
 * The documents of files, archives and folders as one stream: what cannot be read is told, and the
 * rest goes on.
 */
import { readdir, stat } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { AppError, appError } from '../core/errors.ts';
import { unreadable } from '../core/unreadable.ts';
import { openParser } from './bounded-parser.ts';
import { fileSource } from './file-source.ts';
import { fitDocument } from './fit-document.ts';
import type { Head, ReadOptions } from './format.ts';
import { headOf, recogniseFormat } from './formats.ts';
import { maxGroupChars } from './limits.ts';
import type { LinePlace } from './lines.ts';
import { isText } from './plain/text.ts';
import type { Source } from './source.ts';
import type { SourceDocument } from './source-document.ts';
import { isZip, openZip } from './zip-sources.ts';

/** A document and where it was found. */
export interface PlacedDocument {
  readonly document: SourceDocument;
  readonly place: LinePlace;
}

type Placed = PlacedDocument | { readonly error: AppError };

/** How to read files. */
export interface DocumentFilesOptions {
  /** Column of tables or field of JSON lines that is the text; found by its name unless given. */
  readonly textField?: string | undefined;
}

/**
 * Files of a folder and those below it, in order of name; hidden ones and links are left out. An error
 * stands for a folder that cannot be looked into.
 */
async function* filesBelow(folder: string): AsyncGenerator<string | AppError> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) =>
    unreadable(folder, cause),
  );
  if (entries instanceof AppError) {
    yield entries;
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

/** Why a file is in no format. */
function unknownFormat({ path }: Source, head: Head): AppError {
  const reason = isText(head)
    ? 'its ending promises a format that its content is not in, or that is not read'
    : 'neither text nor a document that is known by its first bytes';
  return appError('FORMAT_UNKNOWN', { path, reason });
}

async function* documentsOf(source: Source, options: ReadOptions): AsyncGenerator<Placed> {
  const { path } = source;
  let line = 1;
  try {
    const head = await headOf(source);
    const format = recogniseFormat(head);
    if (format === undefined) throw unknownFormat(source, head);
    for await (const result of format.read(source, options)) {
      line = result.line;
      if ('error' in result) yield { error: result.error };
      else yield { document: fitDocument(result.value), place: { path, line } };
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield { error };
  }
}

/** The text beside annotations, which they are read with; undefined for what is read by itself. */
async function textBeside(source: Source): Promise<Source | undefined> {
  if (!/\.ann$/i.test(source.name)) return undefined;
  return source.sibling(source.name.replace(/\.ann$/i, '.txt'));
}

const isReadWithOther = async (source: Source): Promise<boolean> =>
  (await textBeside(source)) !== undefined;

/** The paths with the texts of annotations instead of these: one document, known by one path. */
async function* withTexts(paths: readonly string[]): AsyncGenerator<string> {
  const given = new Set(paths.map(normalize));
  for (const path of paths) {
    const isFile = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    const text = isFile ? (await textBeside(fileSource(path)))?.path : undefined;
    if (text === undefined) yield path;
    else if (!given.has(text)) yield text;
    given.add(text ?? path);
  }
}

/** The documents of an entry; returns true when it shows that the archive is a bomb. */
async function* entryDocuments(
  entry: Source,
  options: ReadOptions,
): AsyncGenerator<Placed, boolean> {
  let isBomb = false;
  for await (const placed of documentsOf(entry, options)) {
    isBomb ||= 'error' in placed && placed.error.code === 'ARCHIVE_TOO_LARGE';
    yield placed;
  }
  return isBomb;
}

/** What a folder would hide, and what macOS puts into archives beside the files. */
const isHiddenEntry = ({ path }: Source, archive: string): boolean =>
  path
    .slice(archive.length + 1)
    .split('/')
    .some((name) => name.startsWith('.') || name === '__MACOSX');

async function* documentsOfArchive(path: string, options: ReadOptions): AsyncGenerator<Placed> {
  const zip = await openZip(path);
  let isBomb = false;
  try {
    for (const entry of zip.entries) {
      if (entry instanceof AppError) yield { error: entry };
      else if (isHiddenEntry(entry, path)) continue;
      else if (!(await isReadWithOther(entry))) isBomb = yield* entryDocuments(entry, options);
      if (isBomb) return;
    }
  } finally {
    zip.close();
  }
}

async function* documentsOfFile(path: string, options: ReadOptions): AsyncGenerator<Placed> {
  const source = fileSource(path);
  const head = await headOf(source);
  if (recogniseFormat(head) === undefined && isZip(head.bytes))
    yield* documentsOfArchive(path, options);
  else yield* documentsOf(source, options);
}

async function* documentsBelow(folder: string, options: ReadOptions): AsyncGenerator<Placed> {
  for await (const file of filesBelow(folder)) {
    if (file instanceof AppError) yield { error: file };
    else if (!(await isReadWithOther(fileSource(file)))) yield* documentsAt(file, options);
  }
}

async function* documentsAt(path: string, options: ReadOptions): AsyncGenerator<Placed> {
  try {
    const found = await stat(path).catch((cause: unknown) => {
      throw unreadable(path, cause);
    });
    if (found.isDirectory()) yield* documentsBelow(path, options);
    else yield* documentsOfFile(path, options);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield { error };
  }
}

async function* documentsOfAll(
  paths: readonly string[],
  options: ReadOptions,
): AsyncGenerator<Placed> {
  for await (const path of withTexts(paths)) yield* documentsAt(path, options);
}

/**
 * The good documents of all files, in order; folders are read with all that is below them. `onFailure`
 * is told of each bad record and each file that cannot be read, whose messages say where.
 */
export async function* readDocumentFiles(
  paths: readonly string[],
  onFailure: (error: AppError) => void,
  { textField }: DocumentFilesOptions = {},
): AsyncGenerator<PlacedDocument> {
  const parser = openParser();
  const options = { parser, ...(textField !== undefined && { textField }) };
  try {
    for await (const placed of documentsOfAll(paths, options)) {
      if ('error' in placed) onFailure(placed.error);
      else yield placed;
    }
  } finally {
    await parser.close();
  }
}

/** Length of the text of a document, for `inGroups`. Units: UTF-16 code units. */
export const charsOf = ({ document }: PlacedDocument): number => document.text.length;

/**
 * Consecutive items in groups of at most so many. A group ends as well with the item with which it has
 * `maxGroupChars`, so that a hundred books are not in memory at once.
 */
export async function* inGroups<Item>(
  items: AsyncIterable<Item>,
  size: number,
  chars: (item: Item) => number = () => 0,
): AsyncGenerator<Item[]> {
  let group: Item[] = [];
  let sum = 0;
  for await (const item of items) {
    group.push(item);
    sum += chars(item);
    if (group.length < size && sum < maxGroupChars) continue;
    yield group;
    group = [];
    sum = 0;
  }
  if (group.length > 0) yield group;
}
