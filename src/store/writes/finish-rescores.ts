/** What was scored from ledgers, stored: many documents in one transaction. */
import type { Claim } from '../claim.ts';
import type { SqlConnection } from '../connection.ts';
import { type PackedMentions, unpackMentions } from '../packed-reading.ts';
import type { ScoredType } from '../reading.ts';
import { aboveOffsets } from './entity-types.ts';
import { putMentionsOfTypes } from './reading.ts';

/** A document that was scored from its ledger. */
export interface Rescored {
  readonly claim: Pick<Claim, 'documentId' | 'token' | 'typesRevision'>;
  readonly found: PackedMentions;
}

/** Documents and the types that they were scored for. */
export interface FinishRescores {
  readonly types: readonly ScoredType[];
  readonly documents: readonly Rescored[];
}

/** Stores the mentions of documents whose leases are held still; gives the ids of these. */
export const finishRescores = (
  writer: SqlConnection,
  { types, documents }: FinishRescores,
): number[] =>
  writer.transaction(() =>
    documents.flatMap(({ claim: { documentId: id, token, typesRevision }, found }) => {
      if (!writer.get('holdsLease', { id, token })) return [];
      const { text } = writer.get<{ text: string }>('documentText', { id }) as { text: string };
      const mentions = aboveOffsets(writer, types, unpackMentions(found));
      putMentionsOfTypes(writer, { documentId: id, text, types, mentions });
      writer.run('finishRescore', { id, typesRevision });
      return [id];
    }),
  );
