/** Reads what is in memory as a format does. */
import type { AppError } from '../../../src/core/errors.ts';
import type { BoundedParser, Format } from '../../../src/formats/format.ts';
import { memorySource, type Source } from '../../../src/formats/source.ts';
import type { SourceDocument } from '../../../src/formats/source-document.ts';

/** A parser for formats that need none: a call is a fault of the test. */
const noParser: BoundedParser = {
  parse: () => Promise.reject(new Error('This format needs no parser.')),
};

/** Files that lie beside each other. */
export function folderOf(files: Readonly<Record<string, string | Buffer>>): Map<string, Source> {
  const sources = new Map<string, Source>();
  for (const [name, content] of Object.entries(files)) {
    const sibling = (other: string) => Promise.resolve(sources.get(other));
    sources.set(name, { ...memorySource(name, content), sibling });
  }
  return sources;
}

/** What a format makes of a source: documents, and errors with their lines. */
export interface ReadAll {
  readonly documents: readonly SourceDocument[];
  readonly errors: readonly AppError[];
}

export async function readAll(
  format: Format,
  from: Source | string | Buffer,
  textField?: string,
): Promise<ReadAll> {
  const source =
    typeof from === 'string' || Buffer.isBuffer(from) ? memorySource('file', from) : from;
  const documents: SourceDocument[] = [];
  const errors: AppError[] = [];
  const options = { parser: noParser, ...(textField !== undefined && { textField }) };
  for await (const result of format.read(source, options)) {
    if ('value' in result) documents.push(result.value);
    else errors.push(result.error);
  }
  return { documents, errors };
}
