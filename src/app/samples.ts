/** The documents that come with the program: the 500 abstracts of bc5cdr's development part. */
import { join } from 'node:path';
import { readDocuments, type SourceDocument } from '../formats/plain/jsonl.ts';
import { packageRoot } from './config.ts';

const path = join(packageRoot, 'samples', 'bc5cdr-dev.jsonl.gz');

/** The sample documents, known by their PubMed ids. Throws: FILE_UNREADABLE, FILE_INVALID. */
export async function readSamples(): Promise<readonly SourceDocument[]> {
  const documents: SourceDocument[] = [];
  for await (const line of readDocuments(path)) {
    if ('error' in line) throw line.error;
    documents.push(line.value);
  }
  return documents;
}
