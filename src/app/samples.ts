/** The documents that come with the program: the 500 abstracts of bc5cdr's development part. */
import { join } from 'node:path';
import { readLines } from '../formats/lines.ts';
import { parseDocument } from '../formats/plain/jsonl.ts';
import type { SourceDocument } from '../formats/source-document.ts';
import { packageRoot } from './config.ts';

const path = join(packageRoot, 'samples', 'bc5cdr-dev.jsonl.gz');

/** The sample documents, known by their PubMed ids. Throws: FILE_UNREADABLE, FILE_INVALID. */
export async function readSamples(): Promise<readonly SourceDocument[]> {
  const documents: SourceDocument[] = [];
  for await (const line of readLines(path, parseDocument)) {
    if ('error' in line) throw line.error;
    documents.push(line.value);
  }
  return documents;
}
