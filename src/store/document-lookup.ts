/** What else is asked of documents: by their users' ids, and in how many windows they were read. */
import type { Database } from './database.ts';
import { toDocumentRecord, withoutText } from './document-rows.ts';
import type { DocumentRecord } from './records.ts';

/** A user's own id of a document. */
export interface ExternalKey {
  readonly collectionId: number;
  readonly externalId: string;
}

/** The document with this external id, if there is one. */
export async function findDocumentByExternalId(
  { prisma }: Database,
  { collectionId, externalId }: ExternalKey,
): Promise<DocumentRecord | null> {
  const row = await prisma.document.findFirst({
    where: { collectionId, externalId },
    select: withoutText,
  });
  return row && toDocumentRecord(row);
}

/** In how many windows each of these documents was read, by id; none for what was not read. */
export async function countWindows(
  { prisma }: Database,
  documentIds: readonly number[],
): Promise<Map<number, number>> {
  const counts = await prisma.window.groupBy({
    by: ['documentId'],
    where: { documentId: { in: [...documentIds] } },
    _count: true,
  });
  return new Map(counts.map((row) => [row.documentId, row._count]));
}

/** How many words each of these documents has, by id; none for what nobody has counted. */
export async function countWords(
  { reader }: Database,
  documentIds: readonly number[],
): Promise<Map<number, number>> {
  const ids = JSON.stringify(documentIds);
  const rows = await reader.all<{ id: number; words: number }>('wordsOfDocuments', { ids });
  return new Map(rows.map(({ id, words }) => [id, words]));
}
