/** What was read of a document, on its way to the thread that writes it. */
import { buffersOf, type PackedVectors, packVectors, unpackVectors } from './packed-vectors.ts';
import type { Reading, ReadMention, ReadWindow } from './reading.ts';

const noVector = new Float32Array();

/** Mentions whose vectors move instead of being copied. */
export interface PackedMentions {
  readonly mentions: readonly Omit<ReadMention, 'vector'>[];
  readonly vectors: PackedVectors;
}

/** A reading whose vectors move instead of being copied. */
export interface PackedReading extends PackedMentions {
  readonly windows: readonly Omit<ReadWindow, 'thresholdVector'>[];
  readonly thresholdVectors: PackedVectors;
  readonly coverage: Reading['coverage'];
  readonly forms: readonly string[];
  readonly meanings: PackedVectors;
  readonly ledger: Uint8Array | null;
}

/** Packs mentions; what they were made of stays as it is. */
export const packMentions = (mentions: readonly ReadMention[]): PackedMentions => ({
  mentions: mentions.map((mention) => ({ ...mention, vector: undefined })),
  vectors: packVectors(mentions.map(({ vector }) => vector)),
});

/** The memory to move. */
export const buffersOfMentions = ({ vectors }: PackedMentions): ArrayBufferLike[] =>
  buffersOf(vectors);

/** The mentions that were packed. */
export function unpackMentions(packed: PackedMentions): ReadMention[] {
  const vectors = unpackVectors(packed.vectors);
  return packed.mentions.map((mention, i) => ({ ...mention, vector: vectors[i] ?? noVector }));
}

/** Packs a reading; what it was made of stays as it is. */
export function packReading(reading: Reading): PackedReading {
  const { mentions, windows, coverage, meanings, ledger } = reading;
  return {
    ...packMentions(mentions),
    windows: windows.map((window) => ({ ...window, thresholdVector: undefined })),
    thresholdVectors: packVectors(windows.map(({ thresholdVector }) => thresholdVector)),
    coverage,
    forms: [...(meanings?.keys() ?? [])],
    meanings: packVectors([...(meanings?.values() ?? [])]),
    ledger: ledger?.slice() ?? null,
  };
}

/** The memory to move. */
export const buffersOfReading = (packed: PackedReading): ArrayBufferLike[] => [
  ...buffersOf(packed.vectors, packed.thresholdVectors, packed.meanings),
  ...(packed.ledger ? [packed.ledger.buffer] : []),
];

/** The reading that was packed. */
export function unpackReading(packed: PackedReading): Reading {
  const thresholdVectors = unpackVectors(packed.thresholdVectors);
  const meanings = unpackVectors(packed.meanings);
  return {
    mentions: unpackMentions(packed),
    windows: packed.windows.map((window, i) => ({
      ...window,
      thresholdVector: thresholdVectors[i] ?? noVector,
    })),
    coverage: packed.coverage,
    meanings: new Map(packed.forms.map((form, i) => [form, meanings[i] ?? noVector])),
    ledger: packed.ledger,
  };
}
