/**
 * Cuts a small encoder out of a large one, as a start for `models/tiny`: the word pieces that a corpus
 * needs most, their embeddings turned to the directions in which they differ most, and random layers.
 *
 * node --import tsx scripts/cut-encoder.ts --encoder DIR --train FILE --out DIR
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readAnnotatedJsonl } from '../src/formats/annotated/annotated-jsonl.ts';
import { encoderStates } from '../src/ner/encoder-graph.ts';
import { Graph } from '../src/onnx/graph.ts';
import { printSafetensors } from '../src/onnx/safetensors.ts';
import { type Tensor, tensor } from '../src/onnx/tensor.ts';
import { createTokenizer } from '../src/text/tokenizer.ts';
import { readPretrainedEncoder } from '../src/training/encoder-directory.ts';
import { initialWeights } from '../src/training/initial-weights.ts';
import { createRandom } from '../src/training/random.ts';
import { encoderConfig } from '../test/support/training/encoder-config.ts';

const settings = {
  layers: 2,
  hiddenSize: 64,
  heads: 4,
  intermediateSize: 256,
  vocabularySize: 3_000,
  maxPositions: 128,
  layerNormEpsilon: 1e-12,
} as const;

const seed = 1;
const specialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

interface TokenizerFile {
  model: { vocab: Record<string, number> };
  added_tokens: { id: number; content: string }[];
}

/** Ids of the pieces to keep: special tokens, every single character, then the most frequent. */
function keptPieces(vocab: Record<string, number>, counts: Map<number, number>): number[] {
  const isSingle = (piece: string): boolean => /^(##)?[\x21-\x7e]$/u.test(piece);
  const special = specialTokens.map((token) => vocab[token]!);
  const single = Object.entries(vocab).flatMap(([piece, id]) => (isSingle(piece) ? [id] : []));
  const frequent = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([id]) => id);
  return [...new Set([...special, ...single, ...frequent])].slice(0, settings.vocabularySize);
}

type Rows = Float64Array[];

const inner = (a: Float64Array, b: Float64Array): number => a.reduce((s, x, i) => s + x * b[i]!, 0);

/** Makes rows orthogonal and of length 1, in place. Source: Gram and Schmidt. */
function orthonormalize(rows: Rows): void {
  for (const [k, row] of rows.entries()) {
    for (const earlier of rows.slice(0, k)) {
      const share = inner(row, earlier);
      row.forEach((_, i) => {
        row[i]! -= share * earlier[i]!;
      });
    }
    const length = Math.sqrt(inner(row, row));
    row.forEach((_, i) => {
      row[i]! /= length;
    });
  }
}

const iterations = 30;

/** The directions in which the rows are largest. Source: subspace iteration on their Gram matrix. */
function mainDirections(rows: Rows, count: number): Rows {
  const size = rows[0]!.length;
  const columns = Array.from({ length: size }, (_, i) => Float64Array.from(rows, (row) => row[i]!));
  const gram = columns.map((a) => Float64Array.from(columns, (b) => inner(a, b)));
  const random = createRandom(seed);
  let directions = Array.from({ length: count }, () =>
    Float64Array.from({ length: size }, () => random.normal()),
  );
  for (let i = 0; i < iterations; i += 1) {
    directions = directions.map((direction) => Float64Array.from(gram, (g) => inner(g, direction)));
    orthonormalize(directions);
  }
  return directions;
}

/** Embeddings of the kept pieces in few numbers, with the deviation that BERT starts from. */
function cutEmbeddings(words: Tensor<'float32'>, kept: readonly number[]): Tensor<'float32'> {
  const size = words.dims[1]!;
  const rows = kept.map((id) => Float64Array.from(words.data.subarray(id * size, (id + 1) * size)));
  const mean = rows[0]!.map((_, i) => rows.reduce((s, row) => s + row[i]!, 0) / rows.length);
  const centred = rows.map((row) => row.map((x, i) => x - mean[i]!));
  const directions = mainDirections(centred, settings.hiddenSize);
  const cut = centred.flatMap((row) => directions.map((direction) => inner(row, direction)));
  return tensor('float32', [kept.length, settings.hiddenSize], Float32Array.from(cut));
}

/** Random weights of everything but the word embeddings. */
function randomWeights(path: string): Map<string, Tensor<'float32'>> {
  const graph = new Graph();
  const inputs = {
    tokens: graph.input('tokens', 'int64', ['B', 'L']),
    attentionBias: graph.input('bias', 'float32', ['B', 1, 1, 'L']),
  };
  const words = graph.input('words', 'float32', [settings.vocabularySize, settings.hiddenSize]);
  encoderStates(inputs, { settings, prefix: '', words });
  return initialWeights(graph.parameters, { path, seed, temperature: 1 });
}

/** The tokenizer with the kept pieces only, numbered anew. */
function cutTokenizer(file: TokenizerFile, kept: readonly number[]): string {
  const numbers = new Map(kept.map((id, place) => [id, place]));
  const vocab = Object.entries(file.model.vocab).flatMap(([piece, id]) =>
    numbers.has(id) ? [[piece, numbers.get(id)!] as const] : [],
  );
  vocab.sort((a, b) => a[1] - b[1]);
  const added = file.added_tokens.map((token) => ({ ...token, id: numbers.get(token.id)! }));
  const model = { ...file.model, vocab: Object.fromEntries(vocab) };
  return JSON.stringify({ ...file, truncation: null, padding: null, added_tokens: added, model });
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { encoder: text, train: text, out: text } });
  const { encoder, train, out } = values;
  if (!encoder || !train || !out) throw new Error('--encoder, --train and --out must be given.');
  const tokenizerPath = join(encoder, 'tokenizer.json');
  const json = await readFile(tokenizerPath, 'utf8');
  const { documents } = await readAnnotatedJsonl(train);
  const tokenizer = createTokenizer(json, tokenizerPath);
  const counts = new Map<number, number>();
  for (const { ids } of await tokenizer.encodeAll(documents.map((document) => document.text)))
    for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  const file = JSON.parse(json) as TokenizerFile;
  const kept = keptPieces(file.model.vocab, counts);
  const { weights } = await readPretrainedEncoder(encoder);
  const words = cutEmbeddings(weights.get('embeddings.word_embeddings.weight')!, kept);
  const all = new Map<string, Tensor>(randomWeights(out));
  all.set('embeddings.word_embeddings.weight', words);
  await mkdir(out, { recursive: true });
  await writeFile(
    join(out, 'config.json'),
    `${JSON.stringify(encoderConfig(settings), null, 2)}\n`,
  );
  await writeFile(join(out, 'tokenizer.json'), cutTokenizer(file, kept));
  await writeFile(join(out, 'model.safetensors'), printSafetensors(all));
}

await main();
