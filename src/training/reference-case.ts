/**
 * A case of the official BINDER program on disk: a model, a batch, and what the program computed of
 * both. Tensors carry the official names; positions of mentions are inclusive.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { appError } from '../core/errors.ts';
import { isFiniteVector } from '../core/vector.ts';
import { readTextFile } from '../formats/text-file.ts';
import type { EncoderSettings } from '../ner/encoder-graph.ts';
import type { HeadSettings } from '../ner/heads-graph.ts';
import { readSafetensors } from '../onnx/safetensors.ts';
import type { Tensor } from '../onnx/tensor.ts';
import type { MomentDecay } from './adamw-kernel.ts';
import type { LossWeights } from './training-graph.ts';

export type FloatTensors = ReadonlyMap<string, Tensor<'float32'>>;

/** Tokens with a mark for each that is no padding. */
export interface ReferenceTokens {
  readonly ids: readonly number[];
  readonly mask: readonly number[];
}

/** One window with its words and gold mentions. Units: token positions; `start` and `end` included. */
export interface ReferenceWindow extends ReferenceTokens {
  readonly wordStart: readonly number[];
  readonly wordEnd: readonly number[];
  readonly gold: readonly { readonly type: number; readonly start: number; readonly end: number }[];
}

/** Settings of the AdamW steps. */
export interface ReferenceOptimizer {
  readonly learningRate: number;
  readonly decay: MomentDecay;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
}

/** Everything in a case's folder; what the folder lacks is null. */
export interface ReferenceCase {
  readonly encoder: EncoderSettings;
  readonly heads: HeadSettings;
  readonly lossWeights: LossWeights;
  readonly windows: readonly ReferenceWindow[];
  readonly types: readonly ReferenceTokens[];
  readonly optimizer: ReferenceOptimizer;
  readonly weights: FloatTensors;
  /** Where the weights were read, for messages. */
  readonly weightsPath: string;
  readonly loss: number | null;
  readonly lossOverSteps: readonly number[];
  readonly scores: FloatTensors | null;
  readonly gradients: FloatTensors | null;
  readonly weightsAfterStep: FloatTensors | null;
}

const size = z.int().min(1);
const index = z.int().min(0);
const flag = z.union([z.literal(0), z.literal(1), z.boolean().transform(Number)]);
const share = z.number().min(0);
const decay = z.number().min(0).lt(1);

const encoderSchema = z
  .object({
    vocab_size: size,
    hidden_size: size,
    num_hidden_layers: size,
    num_attention_heads: size,
    intermediate_size: size,
    max_position_embeddings: size,
    layer_norm_eps: z.number().positive(),
    hidden_act: z.literal('gelu').default('gelu'),
    model_type: z.literal('bert').default('bert'),
  })
  .refine((encoder) => encoder.hidden_size % encoder.num_attention_heads === 0, {
    path: ['hidden_size'],
    error: 'must be a multiple of num_attention_heads',
  });

const windowSchema = z.object({
  input_ids: z.array(index).min(1),
  attention_mask: z.array(flag).optional(),
  word_start: z.array(flag),
  word_end: z.array(flag),
  gold: z.array(z.object({ type: index, start: index, end: index })),
});

const optimizerSchema = z.object({
  name: z.literal('AdamW').default('AdamW'),
  lr: share.default(1e-3),
  betas: z.tuple([decay, decay]).default([0.9, 0.999]),
  eps: z.number().positive().default(1e-8),
  weight_decay: share.default(0),
  clip_norm: z.number().positive().nullish(),
});

const caseSchema = z.object({
  encoder: encoderSchema,
  projection: size,
  dropout: z.literal(0).default(0),
  loss_weights: z
    .object({
      start: share.default(0.2),
      end: share.default(0.2),
      span: share.default(0.6),
      ner: share.default(0.5),
      threshold: share.default(0.5),
    })
    .prefault({}),
  windows: z.array(windowSchema).min(1),
  types: z.object({
    input_ids: z.array(z.array(index).min(1)).min(1),
    attention_mask: z.array(z.array(flag)).optional(),
  }),
  optimizer: optimizerSchema.prefault({}),
  loss: z.number().nullish(),
  loss_over_steps: z.array(z.number()).nullish(),
});

type CaseFile = z.infer<typeof caseSchema>;

const invalid = (path: string, rule: string, value: unknown) =>
  appError('FILE_INVALID', { path, line: 1, rule, value });

async function readCaseFile(path: string): Promise<CaseFile> {
  const json = await readTextFile(path);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw appError('FILE_INVALID', { path, line: 1, rule: 'a case in JSON', value: json }, cause);
  }
  const parsed = caseSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || 'the whole';
  throw invalid(
    path,
    `a reference case (${field}: ${issue?.message})`,
    valueAt(value, issue?.path),
  );
}

const valueAt = (value: unknown, path: readonly PropertyKey[] = []): unknown =>
  path.reduce((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value) ?? null;

/** The official names: `module.` of a parallel run and the inner name of an encoder left out. */
const officialName = (name: string): string =>
  name
    .replace(/^(module|model)\./, '')
    .replace(/^(text|type)_encoder\.(bert|model)\./, '$1_encoder.');

/** The float32 tensors of a file; buffers in whole numbers are no weights. */
async function readFloats(path: string): Promise<FloatTensors> {
  const tensors = new Map<string, Tensor<'float32'>>();
  for (const [name, tensor] of await readSafetensors(path)) {
    if (tensor.type !== 'float32') continue;
    if (!isFiniteVector(tensor.data as Float32Array))
      throw invalid(path, 'a file of finite numbers', name);
    tensors.set(officialName(name), tensor as Tensor<'float32'>);
  }
  return tensors;
}

async function readFloatsIfThere(path: string): Promise<FloatTensors | null> {
  try {
    return await readFloats(path);
  } catch (error) {
    if ((error as { cause?: NodeJS.ErrnoException }).cause?.code === 'ENOENT') return null;
    throw error;
  }
}

function headSettings(file: CaseFile, weights: FloatTensors): HeadSettings {
  const [rows, columns] = weights.get('width_embeddings.weight')?.dims ?? [];
  return {
    hiddenSize: file.encoder.hidden_size,
    embeddingSize: file.projection,
    widthSize: columns ?? 0,
    widthRows: rows ?? 1,
  };
}

const encoderSettings = ({ encoder }: CaseFile): EncoderSettings => ({
  layers: encoder.num_hidden_layers,
  hiddenSize: encoder.hidden_size,
  heads: encoder.num_attention_heads,
  intermediateSize: encoder.intermediate_size,
  vocabularySize: encoder.vocab_size,
  maxPositions: encoder.max_position_embeddings,
  layerNormEpsilon: encoder.layer_norm_eps,
});

const ones = (row: readonly unknown[]): number[] => row.map(() => 1);

const windowOf = (window: CaseFile['windows'][number]): ReferenceWindow => ({
  ids: window.input_ids,
  mask: window.attention_mask ?? ones(window.input_ids),
  wordStart: window.word_start,
  wordEnd: window.word_end,
  gold: window.gold,
});

const typesOf = ({ types }: CaseFile): ReferenceTokens[] =>
  types.input_ids.map((ids, type) => ({ ids, mask: types.attention_mask?.[type] ?? ones(ids) }));

const optimizerOf = ({ optimizer }: CaseFile): ReferenceOptimizer => ({
  learningRate: optimizer.lr,
  decay: { first: optimizer.betas[0], second: optimizer.betas[1] },
  epsilon: optimizer.eps,
  weightDecay: optimizer.weight_decay,
  clipNorm: optimizer.clip_norm ?? Number.POSITIVE_INFINITY,
});

/**
 * Reads a case. Files of scores, gradients and later weights may be missing.
 *
 * Throws: FILE_UNREADABLE, FILE_INVALID.
 */
export async function readReferenceCase(directory: string): Promise<ReferenceCase> {
  const path = join(directory, 'case.json');
  const file = await readCaseFile(path);
  const tensors = (name: string) => join(directory, `${name}.safetensors`);
  const weightsPath = tensors('weights');
  const weights = await readFloats(weightsPath);
  const read: ReferenceCase = {
    encoder: encoderSettings(file),
    heads: headSettings(file, weights),
    lossWeights: { ...file.loss_weights, mention: file.loss_weights.ner },
    windows: file.windows.map(windowOf),
    types: typesOf(file),
    optimizer: optimizerOf(file),
    weights,
    weightsPath,
    loss: file.loss ?? null,
    lossOverSteps: file.loss_over_steps ?? [],
    scores: await readFloatsIfThere(tensors('scores')),
    gradients: await readFloatsIfThere(tensors('gradients')),
    weightsAfterStep: await readFloatsIfThere(tensors('weights_after_step')),
  };
  checkCase(read, path);
  return read;
}

function checkTokens({ ids, mask }: ReferenceTokens, { encoder }: ReferenceCase): string | null {
  if (ids.length > encoder.maxPositions) return `at most ${encoder.maxPositions} tokens in a row`;
  if (mask.length !== ids.length) return 'a mask as long as its tokens';
  if (ids.some((id) => id >= encoder.vocabularySize)) return 'tokens of its vocabulary';
  return null;
}

function checkWindow(window: ReferenceWindow, { types, heads }: ReferenceCase): string | null {
  const length = window.ids.length;
  if (window.wordStart.length !== length || window.wordEnd.length !== length)
    return 'a word start and end for each token';
  if (heads.widthSize > 0 && length >= heads.widthRows)
    return `windows shorter than its ${heads.widthRows} widths`;
  const isMention = ({ type, start, end }: ReferenceWindow['gold'][number]): boolean =>
    type < types.length && start <= end && end < length;
  return window.gold.every(isMention) ? null : 'gold mentions of its types in its windows';
}

/** What the form of the file does not say: that its parts fit each other. */
function checkCase(read: ReferenceCase, path: string): void {
  for (const [kind, rows] of Object.entries({ windows: read.windows, types: read.types })) {
    for (const [place, row] of rows.entries()) {
      const rule =
        checkTokens(row, read) ??
        ('gold' in row ? checkWindow(row as ReferenceWindow, read) : null);
      if (rule) throw invalid(path, `a reference case with ${rule}`, `${kind}[${place}]`);
    }
  }
}
