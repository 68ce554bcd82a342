/**
 * Extractions on their way between processes: columns instead of objects, because a message of many
 * small arrays takes longer to put together and apart than the arrays' bytes.
 */
import { type Calibration, confidenceOf } from './calibration.ts';
import type { Coverage, ExtractedMention, ExtractedWindow, Extraction } from './extractor.ts';

/** Mentions by column. Shapes: [mentions], vectors [mentions x E]. */
interface MentionColumns {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Indices into `typeNames`. */
  readonly types: Int32Array;
  readonly typeNames: readonly string[];
  readonly scores: Float64Array;
  readonly thresholds: Float64Array;
  readonly windows: Int32Array;
  readonly vectors: Float32Array;
}

/** Windows by column. Shapes: [windows], vectors [windows x E]. */
interface WindowColumns {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly tokens: Int32Array;
  readonly vectors: Float32Array;
}

/** An extraction as few, large arrays. */
export interface PortableExtraction {
  readonly mentions: MentionColumns;
  readonly windows: WindowColumns;
  readonly coverage: Coverage;
  readonly ledger: Uint8Array | null;
}

function joinVectors(vectors: readonly Float32Array[]): Float32Array {
  const size = vectors[0]?.length ?? 0;
  const joined = new Float32Array(vectors.length * size);
  for (const [i, vector] of vectors.entries()) joined.set(vector, i * size);
  return joined;
}

/** Vector i of so many. */
function vectorAt(joined: Float32Array, i: number, count: number): Float32Array {
  const size = joined.length / count;
  return joined.subarray(i * size, (i + 1) * size);
}

const column = <Row>(rows: readonly Row[], read: (row: Row) => number): Int32Array =>
  Int32Array.from(rows, read);

/** Takes an extraction apart. */
export function packExtraction({
  mentions,
  windows,
  coverage,
  ledger,
}: Extraction): PortableExtraction {
  const typeNames = [...new Set(mentions.map(({ type }) => type))];
  const typeIndex = new Map(typeNames.map((name, index) => [name, index]));
  return {
    mentions: {
      starts: column(mentions, ({ start }) => start),
      ends: column(mentions, ({ end }) => end),
      types: column(mentions, ({ type }) => typeIndex.get(type) as number),
      typeNames,
      scores: Float64Array.from(mentions, ({ score }) => score),
      thresholds: Float64Array.from(mentions, ({ threshold }) => threshold),
      windows: column(mentions, ({ window }) => window),
      vectors: joinVectors(mentions.map(({ vector }) => vector)),
    },
    windows: {
      starts: column(windows, ({ start }) => start),
      ends: column(windows, ({ end }) => end),
      tokens: column(windows, ({ tokens }) => tokens),
      vectors: joinVectors(windows.map(({ thresholdVector }) => thresholdVector)),
    },
    coverage,
    ledger,
  };
}

function unpackMentions(
  columns: MentionColumns,
  calibration: Calibration | null,
): ExtractedMention[] {
  const count = columns.starts.length;
  return Array.from(columns.starts, (start, i) => {
    const score = columns.scores[i]!;
    const threshold = columns.thresholds[i]!;
    const margin = score - threshold;
    return {
      start,
      end: columns.ends[i]!,
      type: columns.typeNames[columns.types[i]!]!,
      score,
      threshold,
      margin,
      confidence: confidenceOf(calibration, margin),
      window: columns.windows[i]!,
      vector: vectorAt(columns.vectors, i, count),
    };
  });
}

function unpackWindows(columns: WindowColumns): ExtractedWindow[] {
  const count = columns.starts.length;
  return Array.from(columns.starts, (start, i) => ({
    start,
    end: columns.ends[i]!,
    tokens: columns.tokens[i]!,
    thresholdVector: vectorAt(columns.vectors, i, count),
  }));
}

/** The extraction that was packed by a model of this calibration. */
export const unpackExtraction = (
  packed: PortableExtraction,
  calibration: Calibration | null,
): Extraction => ({
  mentions: unpackMentions(packed.mentions, calibration),
  windows: unpackWindows(packed.windows),
  coverage: packed.coverage,
  ledger: packed.ledger,
});
