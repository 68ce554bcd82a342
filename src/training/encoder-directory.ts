/**
 * A pretrained BERT encoder as Hugging Face lays it out: config.json, model.safetensors, tokenizer.json.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { appError } from '../core/errors.ts';
import { decodeFloat16 } from '../core/float16.ts';
import { readTextFile } from '../formats/text-file.ts';
import type { EncoderSettings } from '../ner/encoder-graph.ts';
import { readSafetensors } from '../onnx/safetensors.ts';
import { type Tensor, tensor } from '../onnx/tensor.ts';

/** A pretrained encoder: its sizes, and its weights in float32 without a prefix. */
export interface PretrainedEncoder {
  readonly settings: EncoderSettings;
  readonly weights: ReadonlyMap<string, Tensor<'float32'>>;
}

const size = z.int().min(1);

const configSchema = z
  .object({
    model_type: z.literal('bert'),
    hidden_act: z.literal('gelu'),
    position_embedding_type: z.literal('absolute').default('absolute'),
    num_hidden_layers: size,
    hidden_size: size,
    num_attention_heads: size,
    intermediate_size: size,
    vocab_size: size,
    max_position_embeddings: size,
    layer_norm_eps: z.number().positive(),
  })
  .refine((config) => config.hidden_size % config.num_attention_heads === 0, {
    path: ['hidden_size'],
    message: 'must be a multiple of num_attention_heads',
  });

/** The sizes in a config.json. Throws: FILE_UNREADABLE, FILE_INVALID. */
async function readEncoderSettings(directory: string): Promise<EncoderSettings> {
  const path = join(directory, 'config.json');
  const json = await readTextFile(path);
  const parsed = configSchema.safeParse(parseJson(json, path));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const rule = `a BERT configuration (${issue?.path.join('.')}: ${issue?.message})`;
    throw appError('FILE_INVALID', { path, line: 1, rule, value: json });
  }
  return {
    layers: parsed.data.num_hidden_layers,
    hiddenSize: parsed.data.hidden_size,
    heads: parsed.data.num_attention_heads,
    intermediateSize: parsed.data.intermediate_size,
    vocabularySize: parsed.data.vocab_size,
    maxPositions: parsed.data.max_position_embeddings,
    layerNormEpsilon: parsed.data.layer_norm_eps,
  };
}

function parseJson(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw appError('FILE_INVALID', { path, line: 1, rule: 'JSON', value: json }, cause);
  }
}

const isFloat = ({ type }: Tensor): boolean => type === 'float32' || type === 'float16';

/** The numbers of a float tensor, all of them finite. Throws: FILE_INVALID. */
function toFloat32(
  { type, dims, data }: Tensor,
  { path, name }: { path: string; name: string },
): Tensor<'float32'> {
  const numbers = type === 'float32' ? (data as Float32Array) : decodeFloat16(data as Uint16Array);
  const wrong = numbers.find((number) => !Number.isFinite(number));
  if (wrong === undefined) return tensor('float32', dims, numbers);
  const rule = `a file of finite weights, also in the tensor ${name}`;
  throw appError('FILE_INVALID', { path, line: 1, rule, value: String(wrong) });
}

/** Reads an encoder; names may begin with `bert.`. Throws: FILE_UNREADABLE, FILE_INVALID. */
export async function readPretrainedEncoder(directory: string): Promise<PretrainedEncoder> {
  const settings = await readEncoderSettings(directory);
  const path = join(directory, 'model.safetensors');
  const stored = await readSafetensors(path);
  const weights = new Map(
    [...stored]
      .filter(([, value]) => isFloat(value))
      .map(([name, value]) => [name.replace(/^bert\./, ''), toFloat32(value, { path, name })]),
  );
  return { settings, weights };
}
