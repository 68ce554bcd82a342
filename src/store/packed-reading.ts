/** What was read of a document, on its way to the thread that writes it. */
import { buffersOf, type PackedVectors, packVectors, unpackVectors } from './packed-vectors.ts';
import type { Reading, ReadMention, ReadWindow } from './reading.ts';

/** A reading whose vectors move instead of being copied. */
export interface PackedReading {
  readonly mentions: readonly Omit<ReadMention, 'vector'>[];
  readonly vectors: PackedVectors;
  readonly windows: readonly Omit<ReadWindow, 'thresholdVector'>[];
  readonly thresholdVectors: PackedVectors;
  readonly coverage: Reading['coverage'];
  readonly forms: readonly string[];
  readonly meanings: PackedVectors;
}

/** Packs a reading; what it was made of stays as it is. */
export function packReading({ mentions, windows, coverage, meanings }: Reading): PackedReading {
  return {
    mentions: mentions.map((mention) => ({ ...mention, vector: undefined })),
    vectors: packVectors(mentions.map(({ vector }) => vector)),
    windows: windows.map((window) => ({ ...window, thresholdVector: undefined })),
    thresholdVectors: packVectors(windows.map(({ thresholdVector }) => thresholdVector)),
    coverage,
    forms: [...(meanings?.keys() ?? [])],
    meanings: packVectors([...(meanings?.values() ?? [])]),
  };
}

/** The memory to move. */
export const buffersOfReading = (packed: PackedReading): ArrayBufferLike[] =>
  buffersOf(packed.vectors, packed.thresholdVectors, packed.meanings);

const noVector = new Float32Array();

/** The reading that was packed. */
export function unpackReading(packed: PackedReading): Reading {
  const vectors = unpackVectors(packed.vectors);
  const thresholdVectors = unpackVectors(packed.thresholdVectors);
  const meanings = unpackVectors(packed.meanings);
  return {
    mentions: packed.mentions.map((mention, i) => ({ ...mention, vector: vectors[i] ?? noVector })),
    windows: packed.windows.map((window, i) => ({
      ...window,
      thresholdVector: thresholdVectors[i] ?? noVector,
    })),
    coverage: packed.coverage,
    meanings: new Map(packed.forms.map((form, i) => [form, meanings[i] ?? noVector])),
  };
}
