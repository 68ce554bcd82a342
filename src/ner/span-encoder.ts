/**
 * The text side of the model: windows of a document to the rows that span vectors are made of.
 */
import { invariant } from '../core/invariant.ts';
import type { Tensor } from '../onnx/tensor.ts';
import { specialTokensPerWindow, type WindowEdges } from '../text/windows.ts';
import type { Bundle } from './bundle.ts';
import { hasIntegerLayers } from './integer-weights.ts';
import type { WindowRows } from './ledger.ts';
import { type Arithmetic, spanGraph } from './model-graphs.ts';
import { type Batch, openSequenceEncoder } from './sequence-encoder.ts';

/** A window to read. */
export interface WindowTokens {
  /** Token ids, special tokens not counted. */
  readonly ids: Int32Array;
  /** Where mentions may start and end. Units: positions in the window, [CLS] is 0. */
  readonly edges: WindowEdges;
}

/** A text encoder that is ready to run. */
export interface SpanEncoder {
  /** Groups windows, by their numbers of tokens without special ones, into batches to run. */
  plan(tokens: readonly number[]): Batch[];
  /** The rows of a batch's windows, in order. */
  encode(windows: readonly WindowTokens[], paddedLength: number): Promise<WindowRows[]>;
  /** Settles once nothing is held up by a batch. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** How fast to run. */
export interface SpanEncoderOptions {
  /** Batches that are computed at once, each in a thread of its own. Default: 1, in this thread. */
  readonly sessions?: number;
  /** Most windows of a batch, when they are as long as windows can be. */
  readonly batchWindows?: number;
  /** Default: int8 when the bundle stores the encoder's layers as integers, else float32. */
  readonly arithmetic?: Arithmetic;
}

/**
 * Coarse enough for windows of like length to meet in a batch. On abstracts the padding costs 3.2 % of
 * the tokens; a step of 16 would cost 6.6 %.
 */
const lengthStep = 8;
/**
 * Small batches stay in the processor's caches (tokens a processor second by windows a batch: 4,700 at
 * 2, 4,500 at 4, 4,200 at 8, 4,000 at 16) and let urgent work pass soon; 4 still feed two threads.
 */
const defaultBatchWindows = 4;

/** The rows at some positions of the window whose first row is `first`. Shapes: [n, E]. */
function rowsAt(rows: Tensor<'float32'>, first: number, positions: ArrayLike<number>) {
  const size = rows.dims[1]!;
  const chosen = new Float32Array(positions.length * size);
  for (let i = 0; i < positions.length; i += 1) {
    const begin = (first + positions[i]!) * size;
    chosen.set(rows.data.subarray(begin, begin + size), i * size);
  }
  return chosen;
}

const cls = [0];

const join = (a: Float32Array, b: Float32Array): Float32Array => {
  const joined = new Float32Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
};

const textEncoder = 'text_encoder.';

/** Opens the text encoder of a bundle. */
export async function openSpanEncoder(
  bundle: Bundle,
  { batchWindows = defaultBatchWindows, ...options }: SpanEncoderOptions = {},
): Promise<SpanEncoder> {
  const isInteger = hasIntegerLayers(bundle.weights, textEncoder);
  const { arithmetic = isInteger ? 'int8' : 'float32' } = options;
  invariant(isInteger || arithmetic === 'float32', 'int8 needs layers stored as integers');
  const longest = Math.ceil(bundle.manifest.window.maxTokens / lengthStep) * lengthStep;
  const encoder = await openSequenceEncoder(bundle, {
    ...options,
    arithmetic,
    name: 'text',
    model: spanGraph(bundle.manifest, arithmetic),
    prefixes: [textEncoder, 'span_linear.', 'width_embeddings.'],
    lengthStep,
    maxTokens: batchWindows * longest,
  });
  return {
    plan: (tokens) => encoder.plan(tokens.map((count) => count + specialTokensPerWindow)),
    async encode(windows, paddedLength) {
      const sequences = windows.map(({ ids }) => ids);
      const { starts, ends } = await encoder.run(sequences, paddedLength);
      return windows.map(({ edges }, index) => {
        const first = index * paddedLength;
        return {
          ...edges,
          startRows: rowsAt(starts, first, edges.starts),
          endRows: rowsAt(ends, first, edges.ends),
          clsRows: join(rowsAt(starts, first, cls), rowsAt(ends, first, cls)),
        };
      });
    },
    ping: () => encoder.ping(),
    close: () => encoder.close(),
  };
}
