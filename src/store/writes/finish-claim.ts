/** What was read, stored. */
import type { Claim } from '../claim.ts';
import type { SqlConnection } from '../connection.ts';
import { type PackedReading, unpackReading } from '../packed-reading.ts';
import type { Reading, ScoredType } from '../reading.ts';
import { aboveOffsets } from './entity-types.ts';
import { putLedger } from './ledgers.ts';
import { putMentionsOfTypes, putReading } from './reading.ts';
import { takeReplacement } from './replacements.ts';

/** A claim and what was read under it. */
export interface FinishClaim {
  readonly claim: Pick<Claim, 'documentId' | 'token' | 'kind' | 'typesRevision'>;
  readonly types: readonly ScoredType[];
  readonly reading: PackedReading;
}

/** Marks a document as read. */
function finishReading(
  writer: SqlConnection,
  { documentId: id, typesRevision }: FinishClaim['claim'],
  { coverage: { dropped, characters, words, charactersRead, tokens, unknownTokens } }: Reading,
): void {
  const coverage = { characters, charactersRead, tokens, unknownTokens };
  const row = { id, typesRevision, now: Date.now(), dropped: JSON.stringify(dropped) };
  writer.run('finishReading', { ...row, ...coverage });
  if (words !== undefined) writer.run('putWords', { id, words });
}

/** Stores a reading, all of it or nothing. Returns false when the lease was lost. */
export function finishClaim(
  writer: SqlConnection,
  { claim, types, reading }: FinishClaim,
): boolean {
  const { documentId, token, typesRevision } = claim;
  const id = documentId;
  const unpacked = unpackReading(reading);
  return writer.transaction(() => {
    if (!writer.get('holdsLease', { id, token })) return false;
    if (claim.kind === 'READ') takeReplacement(writer, id);
    const { text } = writer.get<{ text: string }>('documentText', { id }) as { text: string };
    const mentions = aboveOffsets(writer, types, unpacked.mentions);
    const document = { documentId, text, types, mentions, meanings: unpacked.meanings };
    if (claim.kind === 'RESCORE') {
      putMentionsOfTypes(writer, document);
      // It was read from its text, for want of a ledger: the next type finds one.
      if (unpacked.ledger) putLedger(writer, id, unpacked.ledger);
      writer.run('finishRescore', { id, typesRevision });
      return true;
    }
    putReading(writer, document, unpacked);
    finishReading(writer, claim, unpacked);
    return true;
  });
}
