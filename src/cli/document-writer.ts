/** Documents written in an annotated format as they come: to a file, a folder, or standard output. */
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { AppError } from '../core/errors.ts';
import { makeFolder } from '../core/make-folder.ts';
import { unwritable } from '../core/unreadable.ts';
import type { AnnotatedFormat, DocumentPrinting } from '../formats/format.ts';
import type { ImportedDocument } from '../formats/source-document.ts';
import { reportFailure } from './failures.ts';
import { printText } from './output.ts';

/** How much was written. */
export interface Written {
  readonly documents: number;
  readonly mentions: number;
}

/** Documents as they come. */
type Documents = Iterable<ImportedDocument> | AsyncIterable<ImportedDocument>;

/** Where text goes; waits where whoever takes it is slower. */
export interface Destination {
  write(text: string): Promise<void>;
  end(): Promise<void>;
}

/** A new file, or standard output without a path. Throws: as `unwritable`. */
export async function openDestination(path: string | undefined): Promise<Destination> {
  if (path === undefined) return { write: printText, end: async () => undefined };
  const stream = createWriteStream(path);
  await once(stream, 'open').catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
  // What fails between two writes is told at the next.
  stream.on('error', () => undefined);
  return {
    write: async (text) => {
      if (stream.errored) throw unwritable(path, stream.errored);
      if (stream.write(text)) return;
      await once(stream, 'drain').catch((cause: unknown) => {
        throw unwritable(path, cause);
      });
    },
    end: async () => {
      stream.end();
      await finished(stream).catch((cause: unknown) => {
        throw unwritable(path, cause);
      });
    },
  };
}

/** A document as it is printed; undefined, and told, where the format cannot hold it. */
function printed<Result>(
  document: ImportedDocument,
  print: (given: ImportedDocument) => Result,
): Result | undefined {
  try {
    return print(document);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    reportFailure(error, { path: document.id, line: 1 });
    return undefined;
  }
}

/** Writes the documents that can be printed, one after the other; `before` counts those written already. */
async function writeEach<Result>(
  documents: Documents,
  print: (document: ImportedDocument) => Result,
  write: (result: Result, before: number) => Promise<void> | void,
): Promise<Written> {
  let written: Written = { documents: 0, mentions: 0 };
  for await (const document of documents) {
    const result = printed(document, print);
    if (result === undefined) continue;
    await write(result, written.documents);
    written = {
      documents: written.documents + 1,
      mentions: written.mentions + document.mentions.length,
    };
  }
  return written;
}

async function writeFile(
  documents: Documents,
  { head, between, tail, document: print }: DocumentPrinting,
  path: string | undefined,
): Promise<Written> {
  const destination = await openDestination(path);
  await destination.write(head);
  const written = await writeEach(documents, print, (text, before) =>
    destination.write(before === 0 ? text : `${between}${text}`),
  );
  await destination.write(tail);
  await destination.end();
  return written;
}

/** Writes a file. Throws: as `unwritable`. */
export function writeTextFile(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

async function writeFolder(
  documents: Documents,
  format: AnnotatedFormat,
  folder: string,
): Promise<Written> {
  makeFolder(folder);
  const print = (document: ImportedDocument) => format.print([document]);
  return writeEach(documents, print, (files) => {
    for (const { name, text } of files) writeTextFile(join(folder, name), text);
  });
}

/**
 * Writes documents; those that the format cannot hold are told and left out.
 *
 * Throws: as `unwritable`.
 */
export const writeDocuments = async (
  documents: Documents,
  format: AnnotatedFormat,
  path: string | undefined,
): Promise<Written> =>
  format.printing
    ? writeFile(documents, format.printing, path)
    : writeFolder(documents, format, path ?? '.');
