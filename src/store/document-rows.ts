/** Document rows of Prisma as records. */
import type { Prisma } from '../generated/prisma/client.ts';
import type { DocumentRecord, DocumentState, DroppedRecord } from './records.ts';

/** Every column of a document but its text, which can be long. */
export const withoutText = {
  id: true,
  collectionId: true,
  externalId: true,
  textHash: true,
  title: true,
  metadata: true,
  state: true,
  errorCode: true,
  errorMessage: true,
  attempts: true,
  characters: true,
  charactersRead: true,
  tokens: true,
  unknownTokens: true,
  dropped: true,
  createdAt: true,
  updatedAt: true,
  readAt: true,
} as const satisfies Prisma.DocumentSelect;

type DocumentRow = Prisma.DocumentGetPayload<{ select: typeof withoutText }>;

/** The record of a row. The JSON columns were written by this program. */
export function toDocumentRecord(row: DocumentRow): DocumentRecord {
  const { errorCode, errorMessage, metadata, state, dropped, ...rest } = row;
  const { characters, charactersRead, tokens, unknownTokens, ...document } = rest;
  return {
    ...document,
    state: state as DocumentState,
    metadata: metadata === null ? null : (JSON.parse(metadata) as Record<string, unknown>),
    error: errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' },
    coverage: {
      characters,
      charactersRead,
      tokens,
      unknownTokens,
      dropped: JSON.parse(dropped) as DroppedRecord[],
    },
  };
}
