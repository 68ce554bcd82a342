/**
 * The one path from texts to mentions: tokens, windows, encoder, scores, decoding. Ingesting, trying
 * out and evaluating all take it, so that they cannot disagree.
 */
import type { Encoding, Tokenizer } from '../text/tokenizer.ts';
import { edgesInWindow, type Window, type WindowSizes, windowsOf } from '../text/windows.ts';
import { type WordEdges, wordEdges } from '../text/words.ts';
import { type Calibration, confidenceOf } from './calibration.ts';
import { coverageOf } from './coverage.ts';
import {
  type AcceptedSpan,
  type AskedTypes,
  acceptSpans,
  decodeDocument,
  windowSpan,
} from './decoder.ts';
import type { Extraction } from './extractor.ts';
import { type SpanHead, scoreWindow, typeVectors } from './scorer.ts';
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
  readonly turns: Pick<Turns, 'take'>;
}

/** What is looked for. */
export interface Wanted extends AskedTypes {
  readonly names: readonly string[];
  readonly priority: Priority;
}

/** What one window gave. */
interface ReadWindow {
  readonly window: Window;
  readonly accepted: readonly AcceptedSpan[];
  readonly thresholdVector: Float32Array;
}

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
  for (const batch of parts.encoder.plan(lengths)) {
    const members = batch.members.map((index) => places[index]!);
    await parts.turns.take(wanted.priority, () => readBatch(parts, { ...batch, members }, wanted));
  }
  return documents.map((document) => extractionOf(parts, document, wanted.names));
}

/** Encodes and scores one batch of windows. */
async function readBatch(
  { encoder, head }: ReadingParts,
  { members, paddedLength }: Omit<Batch, 'members'> & { readonly members: readonly Place[] },
  wanted: Wanted,
): Promise<void> {
  const rows = await encoder.encode(members.map(windowTokens), paddedLength);
  const types = typeVectors(head, wanted.vectors);
  for (const [i, { document, index, window }] of members.entries()) {
    const scores = scoreWindow(head, rows[i]!, types);
    const accepted = acceptSpans(head, scores, wanted);
    document.read[index] = { window, accepted, thresholdVector: scores.thresholdVector };
  }
}

const windowTokens = ({ document, window }: Place): WindowTokens => ({
  ids: document.encoding.ids.subarray(window.firstToken, window.endToken),
  edges: edgesInWindow(document.edges, window),
});

function extractionOf(
  { calibration }: ReadingParts,
  document: OpenDocument,
  names: readonly string[],
): Extraction {
  const { text, encoding, windows, read } = document;
  return {
    mentions: decodeDocument(encoding, read, names).map((mention) => ({
      ...mention,
      confidence: confidenceOf(calibration, mention.margin),
    })),
    windows: read.map(({ window, thresholdVector }) => ({
      ...windowSpan(encoding, window),
      tokens: window.endToken - window.firstToken,
      thresholdVector,
    })),
    coverage: coverageOf(text, encoding, windows.length),
  };
}
