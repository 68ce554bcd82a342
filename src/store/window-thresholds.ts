/**
 * What windows ask of a type: products with their threshold vectors. Those of many windows are read at once,
 * in a thread that reads, because a call for each of them would cost several times as much.
 */
import { dotRows, roundSimilarity } from '../core/vector.ts';
import { viewBlob } from './blobs.ts';
import type { SqlConnection } from './connection.ts';

/** Which spans: those that are more similar than their window's threshold, by more than a margin. */
export interface PassingQuery {
  readonly vector: Float32Array;
  /** Of cosines. */
  readonly margin: number;
  /** Only windows in which a span of this similarity would pass. */
  readonly similarity: number;
  /** And no more of them than these. */
  readonly mostWindows: number;
}

/** A span that passes, with its similarity to the type. */
export interface PassingSpan {
  readonly id: number;
  readonly similarity: number;
}

/** The windows of which spans. */
export interface SpanThresholdQuery {
  readonly vector: Float32Array;
  readonly spanIds: readonly number[];
}

/** About 2 MB. */
const windowsAtOnce = 4_096;

/** Windows whose spans are read at once: about 1 MB. */
const spansAtOnce = 256;

/** So many times as many windows are kept, about 100 MB: those of a few million mentions. */
const usualPartsKept = 50;

interface Packed {
  /** One after the other; null when there are none. */
  readonly vectors: Uint8Array | null;
  /** What each is of, a JSON list. */
  readonly ids: string;
}

interface PackedSpans extends Packed {
  /** The place of each one's window in the list that was asked for, a JSON list. */
  readonly places: string;
}

/** Vectors one after the other, and what each is of. */
interface Part {
  readonly vectors: Float32Array;
  readonly ids: readonly number[];
}

const unpack = ({ vectors, ids }: Packed): Part => ({
  vectors: vectors ? viewBlob(vectors) : new Float32Array(),
  ids: JSON.parse(ids) as number[],
});

/** A window by its row, and the product of its threshold vector. */
interface WindowThreshold {
  readonly id: number;
  readonly threshold: number;
}

/** The windows in which one of the similarity would pass; null when they are more than may be. */
function windowsFor(
  parts: Iterable<Part>,
  { vector, similarity, margin, mostWindows }: PassingQuery,
): WindowThreshold[] | null {
  const bound = similarity - margin;
  const windows: WindowThreshold[] = [];
  for (const { vectors, ids } of parts) {
    const products = dotRows(vectors, vector);
    for (let i = 0; i < products.length; i += 1) {
      if (products[i]! >= bound) continue;
      if (windows.length === mostWindows) return null;
      windows.push({ id: ids[i]!, threshold: products[i]! });
    }
  }
  return windows;
}

const mostSimilarFirst = (a: PassingSpan, b: PassingSpan): number =>
  b.similarity - a.similarity || a.id - b.id;

/**
 * The thresholds of all windows. The first vectors are kept for the next question, until somebody else has
 * written anything to the database: use it on a connection that only reads.
 */
export class WindowThresholds {
  readonly #connection: SqlConnection;
  readonly #partsKept: number;
  #kept: Part[] = [];
  /** Of which moment and which length the kept ones are. */
  #keptAs = '';

  constructor(connection: SqlConnection, partsKept = usualPartsKept) {
    this.#connection = connection;
    this.#partsKept = partsKept;
  }

  /**
   * The spans that pass, most similar first, equal ones by id; null when there are too many windows. Cost: about
   * 0.1 ms per 1,000 windows that are kept, 0.6 that are read, and 20 for the spans of 1,000 windows.
   */
  spansThatPass(query: PassingQuery): PassingSpan[] | null {
    return this.#connection.snapshot(() => {
      const windows = windowsFor(this.#parts(query.vector.byteLength), query);
      if (!windows) return null;
      const passing: PassingSpan[] = [];
      for (let from = 0; from < windows.length; from += spansAtOnce) {
        const some = windows.slice(from, from + spansAtOnce);
        for (const span of this.#passingOf(some, query)) passing.push(span);
      }
      return passing.sort(mostSimilarFirst);
    });
  }

  *#passingOf(
    windows: readonly WindowThreshold[],
    { vector, margin }: PassingQuery,
  ): Generator<PassingSpan> {
    const windowIds = JSON.stringify(windows.map(({ id }) => id));
    const asked = { windowIds, bytes: vector.byteLength };
    const packed = this.#connection.get<PackedSpans>('windowSpanVectors', asked)!;
    const { vectors, ids } = unpack(packed);
    const places = JSON.parse(packed.places) as number[];
    const products = dotRows(vectors, vector);
    for (const [i, id] of ids.entries()) {
      const similarity = roundSimilarity(products[i]!);
      const { threshold } = windows[places[i]!]!;
      if (similarity - threshold > margin) yield { id, similarity };
    }
  }

  /** All windows, many at once. */
  *#parts(bytes: number): Generator<Part> {
    this.#forgetOld(bytes);
    yield* this.#kept;
    for (let after = this.#kept.at(-1)?.ids.at(-1) ?? 0; ; ) {
      const options = { bytes, limit: windowsAtOnce, after };
      const part = unpack(this.#connection.get<Packed>('thresholdVectors', options)!);
      if (part.ids.length === 0) return;
      if (this.#kept.length < this.#partsKept) this.#kept.push(part);
      yield part;
      after = part.ids.at(-1)!;
    }
  }

  #forgetOld(bytes: number): void {
    // Another number once another connection has committed; a row's number may be another window's then.
    const now = `${String(this.#connection.pragma('data_version'))} ${bytes}`;
    if (now !== this.#keptAs) this.#kept = [];
    this.#keptAs = now;
  }
}

/** The product in each span's own window, in the order of the spans; infinite where there is none. */
export function thresholdsOfSpans(
  connection: SqlConnection,
  { vector, spanIds }: SpanThresholdQuery,
): number[] {
  const thresholds = spanIds.map(() => Number.POSITIVE_INFINITY);
  const asked = { spanIds: JSON.stringify(spanIds), bytes: vector.byteLength };
  const { vectors, ids } = unpack(connection.get<Packed>('spanThresholdVectors', asked)!);
  const products = dotRows(vectors, vector);
  for (const [i, place] of ids.entries()) thresholds[place] = products[i]!;
  return thresholds;
}
