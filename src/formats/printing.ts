/** Annotated documents in one file. */
import type { DocumentPrinting, PrintedFile } from './format.ts';
import type { ImportedDocument } from './source-document.ts';

/** The file with these documents. Throws: FORMAT_CANNOT_HOLD. */
export const printFile = (
  { name, head, between, tail, document }: DocumentPrinting,
  documents: readonly ImportedDocument[],
): PrintedFile => ({ name, text: `${head}${documents.map(document).join(between)}${tail}` });
