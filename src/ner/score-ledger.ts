/**
 * Mentions of types from a document's ledger: those that reading the document for these types gives,
 * with the same scores, thresholds, windows and vectors.
 */
import { type DecodedMention, decodeDocument } from './decoder.ts';
import { decodeLedger } from './ledger.ts';
import { type AskedTypes, type SpanHead, scoreWindow } from './scorer.ts';

/** The types by name. */
export interface NamedTypes extends AskedTypes {
  readonly names: readonly string[];
}

/**
 * The mentions of a document, sorted by `compareSpans`, then type; null when the bytes are no ledger of
 * this model.
 */
export function scoreLedger(
  head: SpanHead,
  ledger: Uint8Array,
  types: NamedTypes,
): DecodedMention[] | null {
  const windows = decodeLedger(ledger, head.embeddingSize);
  if (!windows) return null;
  return decodeDocument(
    windows.map((window) => scoreWindow(head, window, types).accepted),
    types.names,
  );
}
