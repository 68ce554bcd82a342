/**
 * What windows ask of a type: products with their threshold vectors. Those of many windows are read at once,
 * in a thread that reads, because a call for each of them would cost several times as much.
 */
import { dotRows } from '../core/vector.ts';
import { viewBlob } from './blobs.ts';
import type { SqlConnection } from './connection.ts';

/** A window, by its row, and the dot product of its threshold vector. */
export interface WindowThreshold {
  readonly id: number;
  readonly threshold: number;
}

/** Which windows. */
export interface LowestQuery {
  readonly vector: Float32Array;
  readonly limit: number;
}

/** The windows of which spans. */
export interface SpanThresholdQuery {
  readonly vector: Float32Array;
  readonly spanIds: readonly number[];
}

/** About 2 MB. */
const windowsAtOnce = 4_096;

/** So many times as many windows are kept, about 100 MB: those of a few million mentions. */
const usualPartsKept = 50;

interface Packed {
  /** One after the other; null when there are none. */
  readonly vectors: Uint8Array | null;
  /** What each is of, a JSON list. */
  readonly ids: string;
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

const lowestFirst = (a: WindowThreshold, b: WindowThreshold): number =>
  a.threshold - b.threshold || a.id - b.id;

/** Those with the smallest products, of parts that come in the order of their rows. */
function lowestOf(parts: Iterable<Part>, { vector, limit }: LowestQuery): WindowThreshold[] {
  let lowest: WindowThreshold[] = [];
  let bound = Infinity;
  const cut = () => {
    lowest = lowest.sort(lowestFirst).slice(0, limit);
    if (lowest.length === limit) bound = lowest.at(-1)?.threshold ?? bound;
  };
  for (const { vectors, ids } of parts) {
    const products = dotRows(vectors, vector);
    for (let i = 0; i < products.length; i += 1) {
      if (products[i]! >= bound) continue;
      lowest.push({ id: ids[i]!, threshold: products[i]! });
      if (lowest.length >= 2 * limit) cut();
    }
  }
  cut();
  return lowest;
}

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
   * The windows with the smallest products, those first, equal ones by row; windows without a vector are none
   * of them. Cost: about 0.1 ms per 1,000 windows that are kept, 0.6 that are read.
   */
  lowest(query: LowestQuery): WindowThreshold[] {
    return this.#connection.snapshot(() => lowestOf(this.#parts(query.vector.byteLength), query));
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
