/**
 * The one path from texts to mentions: tokens, windows, encoder, scores, decoding. Ingesting, trying
 * out and evaluating all take it, so that they cannot disagree.
 */
import type { Encoding, Tokenizer } from '../text/tokenizer.ts';
import { edgesInWindow, type Window, type WindowSizes, windowsOf } from '../text/windows.ts';
import { type WordEdges, wordEdges } from '../text/words.ts';
import { type Calibration, confidenceOf } from './calibration.ts';
import { coverageOf } from './coverage.ts';
import { decodeDocument, windowSpan } from './decoder.ts';
import type { Extraction } from './extractor.ts';
import { encodeLedger, type KeptWindow, keepWindow } from './ledger.ts';
import type { NamedTypes } from './score-ledger.ts';
import { type ScoredWindow, type SpanHead, scoreWindow } from './scorer.ts';
import type { Batch } from './sequence-encoder.ts';
import type { SpanEncoder, WindowTokens } from './span-encoder.ts';
import type { Priority, Turns } from './turns.ts';

/** What reading needs. */
export interface ReadingParts {
  readonly tokenizer: Tokenizer;
  readonly windows: WindowSizes;
  readonly encoder: SpanEncoder;
  readonly head: SpanHead;
  /** How margins are read as confidences, if that is known. */
  readonly calibration: Calibration | null;
  readonly turns: Pick<Turns, 'take' | 'each'>;
}

/** What is looked for. */
export interface Wanted extends NamedTypes {
  readonly priority: Priority;
  readonly keepLedgers: boolean;
}

/** What one window gave. */
interface ReadWindow extends ScoredWindow {
  readonly window: Window;
  /** Null when no ledger is wanted. */
  readonly kept: KeptWindow | null;
}

/**
 * Longest document that gets a ledger, about 175,000 words: it is stored, sent and scored as one block of
 * memory. A longer one is read again by the encoder for new types.
 */
const maxLedgerTokens = 2 ** 18;

/** A document under way. */
interface OpenDocument {
  readonly text: string;
  readonly encoding: Encoding;
  readonly edges: WordEdges;
  readonly windows: readonly Window[];
  /** By window; filled in any order. */
  readonly read: ReadWindow[];
}

/** A window of one of the documents. */
interface Place {
  readonly document: OpenDocument;
  readonly index: number;
  readonly window: Window;
}

/** One extraction a text, in order. */
export async function extractTexts(
  parts: ReadingParts,
  texts: readonly string[],
  wanted: Wanted,
): Promise<Extraction[]> {
  const encodings = await parts.tokenizer.encodeAll(texts);
  const documents = texts.map((text, i): OpenDocument => {
    const encoding = encodings[i]!;
    const windows = windowsOf(encoding.ids.length, parts.windows);
    return { text, encoding, windows, edges: wordEdges(text, encoding), read: [] };
  });
  const places = documents.flatMap((document) =>
    document.windows.map((window, index): Place => ({ document, index, window })),
  );
  const lengths = places.map(({ window }) => window.endToken - window.firstToken);
  await parts.turns.each(wanted.priority, parts.encoder.plan(lengths), (batch) => {
    const members = batch.members.map((index) => places[index]!);
    return readBatch(parts, { ...batch, members }, wanted);
  });
  return documents.map((document) => extractionOf(parts, document, wanted));
}

/** Encodes and scores one batch of windows. */
async function readBatch(
  { encoder, head }: ReadingParts,
  { members, paddedLength }: Omit<Batch, 'members'> & { readonly members: readonly Place[] },
  wanted: Wanted,
): Promise<void> {
  const rows = await encoder.encode(members.map(windowTokens), paddedLength);
  for (const [i, { document, index, window }] of members.entries()) {
    const { starts, ends } = document.encoding;
    // Positions in the window count [CLS].
    const before = window.firstToken - 1;
    const kept = keepWindow(rows[i]!, {
      startOf: (position) => starts[before + position]!,
      endOf: (position) => ends[before + position]!,
    });
    const scored = scoreWindow(head, kept, wanted);
    document.read[index] = { ...scored, window, kept: hasLedger(document, wanted) ? kept : null };
  }
}

const hasLedger = ({ encoding }: OpenDocument, { keepLedgers }: Wanted): boolean =>
  keepLedgers && encoding.ids.length <= maxLedgerTokens;

const windowTokens = ({ document, window }: Place): WindowTokens => ({
  ids: document.encoding.ids.subarray(window.firstToken, window.endToken),
  edges: edgesInWindow(document.edges, window),
});

function extractionOf(
  { calibration, head }: ReadingParts,
  document: OpenDocument,
  wanted: Wanted,
): Extraction {
  const { text, encoding, windows, read } = document;
  const accepted = read.map((window) => window.accepted);
  return {
    mentions: decodeDocument(accepted, wanted.names).map((mention) => ({
      ...mention,
      confidence: confidenceOf(calibration, mention.margin),
    })),
    windows: read.map(({ window, thresholdVector }) => ({
      ...windowSpan(encoding, window),
      tokens: window.endToken - window.firstToken,
      thresholdVector,
    })),
    coverage: coverageOf(text, encoding, windows.length),
    ledger: hasLedger(document, wanted) ? ledgerOf(read, head) : null,
  };
}

const ledgerOf = (read: readonly ReadWindow[], head: SpanHead): Uint8Array =>
  encodeLedger(
    read.flatMap(({ kept }) => kept ?? []),
    head.embeddingSize,
  );
