/**
 * The documents of several files as one stream: what cannot be read is told, and the rest goes on.
 */
import { AppError } from '../core/errors.ts';
import type { LinePlace, LineResult } from './lines.ts';
import { readDocuments, type SourceDocument } from './plain/jsonl.ts';

/** A document and where it was found. */
export interface PlacedDocument {
  readonly document: SourceDocument;
  readonly place: LinePlace;
}

/**
 * The good documents of all files, in order. `onFailure` is told of each bad line and each file that
 * cannot be read, whose messages say where.
 */
export async function* readDocumentFiles(
  paths: readonly string[],
  onFailure: (error: AppError) => void,
): AsyncGenerator<PlacedDocument> {
  for (const path of paths) {
    for await (const result of untilUnreadable(readDocuments(path))) {
      if ('error' in result) onFailure(result.error);
      else yield { document: result.value, place: { path, line: result.line } };
    }
  }
}

/** The results of a file; what it throws for a user is its last one. */
async function* untilUnreadable(
  results: AsyncIterable<LineResult<SourceDocument>>,
): AsyncGenerator<LineResult<SourceDocument>> {
  let line = 0;
  try {
    for await (const result of results) {
      line = result.line;
      yield result;
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield { line: line + 1, error };
  }
}

/** Consecutive items in groups of at most so many. */
export async function* inGroups<Item>(
  items: AsyncIterable<Item>,
  size: number,
): AsyncGenerator<Item[]> {
  let group: Item[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
