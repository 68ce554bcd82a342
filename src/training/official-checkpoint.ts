/**
 * The parameters of the official BINDER program under its own names, checked and renamed to ours.
 *
 * Invariant: nothing is guessed. Every tensor that serving needs must be there, in its shape and
 * finite; one that BINDER does not have is refused, because the model would not be the one that was
 * trained. What only training needs may be left out.
 */
import { appError } from '../core/errors.ts';
import { decodeFloat16 } from '../core/float16.ts';
import type { EncoderSettings } from '../ner/encoder-graph.ts';
import type { HeadSettings } from '../ner/heads-graph.ts';
import { bundleTensors, type ModelSettings, wordEmbeddings } from '../ner/model-graphs.ts';
import type { FloatTensors } from '../ner/quantize.ts';
import { readSafetensors } from '../onnx/safetensors.ts';
import { floats, type Tensor, tensor } from '../onnx/tensor.ts';

/** A checkpoint as a bundle has it. */
export interface OfficialCheckpoint {
  readonly settings: ModelSettings;
  /** By the names of `bundleTensors`; the pretrained encoder for meanings is not among them. */
  readonly weights: FloatTensors;
}

type Stored = ReadonlyMap<string, Tensor>;
type Shapes = ReadonlyMap<string, readonly number[]>;

const spanWeight = 'span_linear.weight';
const widthWeight = 'width_embeddings.weight';

/** Rows of the width table that stands in for none: one for each width in a window of 128, and row 0. */
const standInRows = 129;

/** Buffers and a layer that BERT checkpoints carry and BINDER does not read. */
const notRead = /^(text|type)_encoder\.(embeddings\.(position_ids|token_type_ids)|pooler\..*)$/;

const invalid = (path: string, rule: string, value: unknown) =>
  appError('CHECKPOINT_INVALID', { path, rule, value });

/** The size of a tensor that other sizes follow from. Throws: CHECKPOINT_INVALID. */
function rowsOf(stored: Stored, name: string, path: string): number {
  const [rows, columns] = stored.get(name)?.dims ?? [];
  if (rows && columns) return rows;
  throw invalid(path, `have the tensor ${name}, a matrix`, stored.get(name)?.dims ?? null);
}

/** Sizes as the checkpoint's own tensors tell them; without a width table, those of a stand-in. */
function headSettings(stored: Stored, hiddenSize: number, path: string): HeadSettings {
  const embeddingSize = rowsOf(stored, spanWeight, path);
  if (!stored.has(widthWeight))
    return { hiddenSize, embeddingSize, widthSize: 1, widthRows: standInRows };
  const widthRows = rowsOf(stored, widthWeight, path);
  return { hiddenSize, embeddingSize, widthRows, widthSize: stored.get(widthWeight)!.dims[1]! };
}

/** The name that the official program has for a tensor of a bundle. */
function officialName(name: string): string {
  const table = /^(text|type)_(word_embeddings\.weight)$/.exec(name);
  return table ? `${table[1]}_encoder.embeddings.${table[2]}` : name;
}

/** True for the tensors of the pretrained encoder, which a checkpoint does not have. */
export const isOfMeaning = (name: string): boolean =>
  name === wordEmbeddings || name.startsWith('meaning_encoder.');

/** Tensors that must be there, by official name. */
function neededShapes(settings: ModelSettings, hasWidths: boolean): Shapes {
  const { hiddenSize, embeddingSize } = settings.heads;
  const shapes = new Map(
    [...bundleTensors(settings)]
      .filter(([name]) => !isOfMeaning(name))
      .map(([name, shape]) => [officialName(name), shape] as const),
  );
  if (hasWidths) return shapes;
  shapes.delete(widthWeight);
  return shapes.set(spanWeight, [embeddingSize, 2 * hiddenSize]);
}

/** Tensors that the official program trains with and does not predict with. */
function trainingShapes({ hiddenSize, embeddingSize }: HeadSettings): Shapes {
  const linear = ['start', 'end', 'type_start', 'type_end'].flatMap((name) => [
    [`${name}_linear.weight`, [embeddingSize, hiddenSize]] as const,
    [`${name}_linear.bias`, [embeddingSize]] as const,
  ]);
  return new Map<string, readonly number[]>([
    ...linear,
    ['start_logit_scale', []],
    ['end_logit_scale', []],
  ]);
}

/** Checks that the tensors are BINDER's. Throws: CHECKPOINT_INVALID, naming the first that is not. */
function checkTensors(stored: Stored, settings: ModelSettings, path: string): void {
  const needed = neededShapes(settings, stored.has(widthWeight));
  const optional = trainingShapes(settings.heads);
  const present = [...optional].filter(([name]) => stored.has(name));
  const isOther = (name: string): boolean =>
    !needed.has(name) && !optional.has(name) && !notRead.test(name);
  for (const [name, shape] of [...needed, ...present]) {
    const dims = stored.get(name)?.dims;
    if (String(dims) !== String(shape))
      throw invalid(path, `have the tensor ${name} of shape [${shape}]`, dims ?? null);
  }
  const other = [...stored.keys()].find(isOther);
  if (other !== undefined) throw invalid(path, 'have no tensor but those of BINDER', other);
}

/** The numbers of a tensor, all of them finite. Throws: CHECKPOINT_INVALID. */
function finiteFloats(value: Tensor, name: string, path: string): Tensor<'float32'> {
  const { type, dims, data } = value;
  if (type !== 'float32' && type !== 'float16')
    throw invalid(path, `have the tensor ${name} in float32 or float16`, type);
  const numbers = type === 'float32' ? (data as Float32Array) : decodeFloat16(data as Uint16Array);
  const place = numbers.findIndex((number) => !Number.isFinite(number));
  if (place >= 0)
    throw invalid(path, `have finite numbers in the tensor ${name}`, String(numbers[place]));
  return tensor('float32', dims, numbers);
}

/** A width table that says nothing: one column of zeros leaves every score as it is. */
function addStandIn(weights: Map<string, Tensor<'float32'>>, heads: HeadSettings): void {
  const { hiddenSize, embeddingSize, widthRows } = heads;
  const columns = 2 * hiddenSize;
  const { data } = weights.get(spanWeight)!;
  const wider = new Float32Array(embeddingSize * (columns + 1));
  for (let row = 0; row < embeddingSize; row += 1)
    wider.set(data.subarray(row * columns, (row + 1) * columns), row * (columns + 1));
  weights.set(spanWeight, tensor('float32', [embeddingSize, columns + 1], wider));
  weights.set(widthWeight, floats([widthRows, 1], new Float32Array(widthRows)));
}

/**
 * Reads a checkpoint made from an encoder of these sizes.
 *
 * Throws: CHECKPOINT_INVALID; FILE_UNREADABLE and FILE_INVALID when it is no safetensors file.
 */
export async function readOfficialCheckpoint(
  path: string,
  encoder: EncoderSettings,
): Promise<OfficialCheckpoint> {
  const stored = await readSafetensors(path);
  const heads = headSettings(stored, encoder.hiddenSize, path);
  const settings: ModelSettings = { encoder, heads, words: 'own' };
  checkTensors(stored, settings, path);
  const weights = new Map<string, Tensor<'float32'>>();
  for (const name of bundleTensors(settings).keys()) {
    const official = officialName(name);
    const value = isOfMeaning(name) ? undefined : stored.get(official);
    if (value) weights.set(name, finiteFloats(value, official, path));
  }
  if (!weights.has(widthWeight)) addStandIn(weights, heads);
  return { settings, weights };
}
