/**
 * Reference cases of any size, computed by loops in float64 instead of the official program.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printSafetensors } from '../../../src/onnx/safetensors.ts';
import { floats } from '../../../src/onnx/tensor.ts';
import { someNumbers } from '../onnx/check-operator.ts';
import { type PlainBatch, type PlainScores, plainLoss, plainScores } from './plain-binder.ts';
import type { PlainWeight, PlainWeights } from './plain-encoder.ts';
import { PlainAdamw, type PlainOptimizer, plainGradients } from './plain-training.ts';

/** A case to make. */
export interface CasePlan extends PlainBatch {
  readonly projection: number;
  /** 0 for a model without width embeddings. */
  readonly widthRows: number;
  readonly optimizer: PlainOptimizer;
  readonly steps: number;
}

function shapesOf({ encoder, projection, widthRows }: CasePlan): Record<string, number[]> {
  const { hiddenSize: h, intermediateSize: f } = encoder;
  const shapes: Record<string, number[]> = {};
  const linear = (name: string, from: number, to: number) => {
    shapes[`${name}.weight`] = [to, from];
    shapes[`${name}.bias`] = [to];
  };
  const norm = (name: string) => {
    shapes[`${name}.weight`] = [h];
    shapes[`${name}.bias`] = [h];
  };
  for (const prefix of ['text_encoder.', 'type_encoder.']) {
    shapes[`${prefix}embeddings.word_embeddings.weight`] = [encoder.vocabularySize, h];
    shapes[`${prefix}embeddings.position_embeddings.weight`] = [encoder.maxPositions, h];
    shapes[`${prefix}embeddings.token_type_embeddings.weight`] = [2, h];
    norm(`${prefix}embeddings.LayerNorm`);
    for (let layer = 0; layer < encoder.layers; layer += 1) {
      const name = `${prefix}encoder.layer.${layer}.`;
      for (const part of ['query', 'key', 'value']) linear(`${name}attention.self.${part}`, h, h);
      linear(`${name}attention.output.dense`, h, h);
      norm(`${name}attention.output.LayerNorm`);
      linear(`${name}intermediate.dense`, h, f);
      linear(`${name}output.dense`, f, h);
      norm(`${name}output.LayerNorm`);
    }
  }
  for (const kind of ['start', 'end', 'type_start', 'type_end', 'type_span'])
    linear(`${kind}_linear`, h, projection);
  linear('span_linear', 2 * h + (widthRows > 0 ? projection : 0), projection);
  if (widthRows > 0) shapes['width_embeddings.weight'] = [widthRows, projection];
  for (const kind of ['start', 'end', 'span']) shapes[`${kind}_logit_scale`] = [];
  return shapes;
}

function initialWeights(plan: CasePlan): Map<string, PlainWeight> {
  const shapes = Object.entries(shapesOf(plan));
  return new Map(
    shapes.map(([name, dims], seed) => {
      const count = dims.reduce((a, b) => a * b, 1);
      const middle = name.endsWith('logit_scale') ? 2 : /LayerNorm.weight$/.test(name) ? 1 : 0;
      const numbers = someNumbers(count, seed + 1).map((x) => Math.fround(middle + 0.4 * x));
      return [name, { dims, data: Float64Array.from(numbers) }];
    }),
  );
}

const print = (weights: PlainWeights): Uint8Array =>
  printSafetensors(
    new Map([...weights].map(([name, { dims, data }]) => [name, floats(dims, data)])),
  );

function scoreTensors(scores: PlainScores[][], { windows, types }: CasePlan): PlainWeights {
  const length = windows[0]!.ids.length;
  const batch = [windows.length, types.length];
  return new Map(
    (['start', 'end', 'span'] as const).map((kind) => [
      `${kind}_scores`,
      {
        dims: [...batch, ...(kind === 'span' ? [length, length] : [length])],
        data: Float64Array.from(scores.flatMap((byType) => byType.flatMap((of) => of[kind]))),
      },
    ]),
  );
}

const caseFile = (plan: CasePlan, losses: readonly number[]): string =>
  JSON.stringify({
    encoder: {
      vocab_size: plan.encoder.vocabularySize,
      hidden_size: plan.encoder.hiddenSize,
      num_hidden_layers: plan.encoder.layers,
      num_attention_heads: plan.encoder.heads,
      intermediate_size: plan.encoder.intermediateSize,
      max_position_embeddings: plan.encoder.maxPositions,
      layer_norm_eps: plan.encoder.layerNormEpsilon,
      hidden_act: 'gelu',
    },
    projection: plan.projection,
    width_rows: plan.widthRows,
    dropout: 0,
    loss_weights: plan.lossWeights,
    windows: plan.windows.map((window) => ({
      input_ids: window.ids,
      attention_mask: window.mask,
      word_start: window.wordStart,
      word_end: window.wordEnd,
      gold: window.gold,
    })),
    types: {
      input_ids: plan.types.map(({ ids }) => ids),
      attention_mask: plan.types.map(({ mask }) => mask),
    },
    optimizer: { name: 'AdamW', ...plan.optimizer },
    loss: losses[0],
    loss_over_steps: losses,
  });

/** Computes a case and writes it to a folder. */
export async function writeReferenceCase(directory: string, plan: CasePlan): Promise<void> {
  const weights = initialWeights(plan);
  const write = (name: string, tensors: PlainWeights) =>
    writeFile(join(directory, `${name}.safetensors`), print(tensors));
  const loss = () => plainLoss(plainScores(weights, plan), plan);
  await write('weights', weights);
  await write('scores', scoreTensors(plainScores(weights, plan), plan));
  const optimizer = new PlainAdamw(weights, plan.optimizer);
  const losses = [loss()];
  for (let step = 1; step < plan.steps; step += 1) {
    const gradients = plainGradients(weights, loss);
    if (step === 1) await write('gradients', gradients);
    optimizer.step(weights, gradients);
    if (step === 1) await write('weights_after_step', weights);
    losses.push(loss());
  }
  await writeFile(join(directory, 'case.json'), caseFile(plan, losses));
}
