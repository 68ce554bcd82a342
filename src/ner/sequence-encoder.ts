/**
 * Runs one of a bundle's encoders over token sequences of any length, in batches.
 *
 * Invariant: a sequence gives the same numbers, bit for bit, whatever it is batched with. Its padded
 * length is a function of its own length, a batch holds sequences of one padded length, and nothing
 * in the graph mixes rows of different sequences.
 */
import { invariant } from '../core/invariant.ts';
import { checkShape } from '../core/vector.ts';
import { openSessionPool } from '../onnx/session-pool.ts';
import { type Tensor, tensor } from '../onnx/tensor.ts';
import type { SpecialTokens } from '../text/tokenizer.ts';
import type { Bundle } from './bundle.ts';
import { integerTensors } from './integer-weights.ts';
import { type Arithmetic, type EncoderName, type ModelGraph, wordTable } from './model-graphs.ts';
import { floatTensors, type ReadRow, rowReader } from './quantize.ts';

/** Sequences that are run together: places in a list, all of one padded length. */
export interface Batch {
  /** Indices of the sequences. */
  readonly members: readonly number[];
  readonly paddedLength: number;
}

/** What a run gives: float32 arrays with one row a token or one a sequence. */
export type BatchOutputs<Output extends string> = Readonly<Record<Output, Tensor<'float32'>>>;

/** How sequences are padded and put together. */
export interface BatchSizes {
  /** Lengths are rounded up to a multiple of this. */
  readonly lengthStep: number;
  /** Most tokens of a batch, padding included; a batch has at least one sequence. */
  readonly maxTokens: number;
}

/** An encoder that is ready to run. */
export interface SequenceEncoder<Output extends string> {
  /** Groups sequences, by their numbers of tokens with special ones, into batches to run. */
  plan(lengths: readonly number[]): Batch[];
  /** Runs one batch. Each sequence is [CLS], its tokens, [SEP]. */
  run(sequences: readonly Int32Array[], paddedLength: number): Promise<BatchOutputs<Output>>;
  /** Settles once no session is held up by a run. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** How to open an encoder. */
export interface SequenceEncoderOptions<Output extends string> extends BatchSizes {
  readonly model: ModelGraph<Output>;
  /** Whose word embeddings are read. */
  readonly name: EncoderName;
  /** Prefixes of the weights that the graph needs, word embeddings not counted. */
  readonly prefixes: readonly string[];
  /** What the graph was built for. Default: float32. */
  readonly arithmetic?: Arithmetic;
  /** Batches that are run at once, each by a session in a thread of its own. Default: 1, in this thread. */
  readonly sessions?: number;
}

/** Added to the attention a padding token would get: e to this is 0 in float32. */
const paddingBias = -1e9;

/** Groups sequences of one padded length, in their order, into batches of bounded size. */
export function planBatches(lengths: readonly number[], sizes: BatchSizes): Batch[] {
  const byLength = new Map<number, number[]>();
  for (const [index, length] of lengths.entries()) {
    const padded = Math.ceil(length / sizes.lengthStep) * sizes.lengthStep;
    const members = byLength.get(padded) ?? [];
    members.push(index);
    byLength.set(padded, members);
  }
  return [...byLength].flatMap(([paddedLength, members]) => {
    const most = Math.max(1, Math.floor(sizes.maxTokens / paddedLength));
    const count = Math.ceil(members.length / most);
    return Array.from({ length: count }, (_, i) => ({
      paddedLength,
      members: members.slice(i * most, (i + 1) * most),
    }));
  });
}

/** The words that a batch has, as a table of their embeddings and each token's row in it. */
function wordsOf(ids: Int32Array, readRow: ReadRow, hiddenSize: number) {
  const rows = new Map<number, number>();
  const tokens = new BigInt64Array(ids.length);
  for (let i = 0; i < ids.length; i += 1) {
    const row = rows.get(ids[i]!) ?? rows.size;
    rows.set(ids[i]!, row);
    tokens[i] = BigInt(row);
  }
  const words = new Float32Array(rows.size * hiddenSize);
  for (const [id, row] of rows) readRow(id, words, row * hiddenSize);
  return { tokens, words: tensor('float32', [rows.size, hiddenSize], words) };
}

/** Token ids and attention bias of sequences, one after another. Shapes: both [B·L]. */
function padSequences(
  sequences: readonly Int32Array[],
  length: number,
  special: SpecialTokens,
): { ids: Int32Array; bias: Float32Array } {
  const ids = new Int32Array(sequences.length * length).fill(special.pad);
  const bias = new Float32Array(sequences.length * length).fill(paddingBias);
  for (const [index, sequence] of sequences.entries()) {
    const begin = index * length;
    invariant(sequence.length + 2 <= length, 'a sequence must fit its padded length');
    ids[begin] = special.cls;
    ids.set(sequence, begin + 1);
    ids[begin + sequence.length + 1] = special.sep;
    bias.fill(0, begin, begin + sequence.length + 2);
  }
  return { ids, bias };
}

function checkOutputs(
  outputs: BatchOutputs<string>,
  model: ModelGraph,
  sizes: { readonly B: number; readonly L: number },
): void {
  for (const [name, { shape }] of Object.entries(model.outputs)) {
    const letters = shape.map((dim) => String(dim)).join(' ');
    const known = Object.fromEntries(shape.map((dim) => [String(dim), Number(dim)]));
    checkShape(outputs[name]!, letters, { ...known, ...sizes, B·L: sizes.B * sizes.L });
  }
}

/** Opens one encoder of a bundle. Close it to give its memory back. */
export async function openSequenceEncoder<Output extends string>(
  { weights, manifest, tokenizer }: Bundle,
  options: SequenceEncoderOptions<Output>,
): Promise<SequenceEncoder<Output>> {
  const { model, prefixes, arithmetic, sessions = 1 } = options;
  const readRow = rowReader(weights, wordTable(options.name, manifest));
  const { hiddenSize, maxPositions } = manifest.encoder;
  const session = await openSessionPool(model.graph, model.outputs, {
    sessions,
    weights:
      arithmetic === 'int8' ? integerTensors(weights, prefixes) : floatTensors(weights, prefixes),
  });
  return {
    plan: (lengths) =>
      planBatches(lengths, options).map((batch) => ({
        ...batch,
        paddedLength: Math.min(batch.paddedLength, maxPositions),
      })),
    async run(sequences, paddedLength) {
      const [B, L] = [sequences.length, paddedLength];
      const { ids, bias } = padSequences(sequences, L, tokenizer.special);
      const { tokens, words } = wordsOf(ids, readRow, hiddenSize);
      const outputs = await session.run({
        tokens: tensor('int64', [B, L], tokens),
        bias: tensor('float32', [B, 1, 1, L], bias),
        words,
      });
      const found = outputs as BatchOutputs<Output>;
      checkOutputs(found, model, { B, L });
      return found;
    },
    ping: () => session.ping(),
    close: () => session.close(),
  };
}
