/**
 * The graphs that a bundle is read with, one an encoder. Their parameters are the list of what a
 * bundle must hold: there is no second one.
 *
 * Word embeddings are fed: each run gets a table of the words it has, so that three encoders share
 * one table that stays in 8 bits.
 */
import { Graph, type Value } from '../onnx/graph.ts';
import { quantizedLinear } from '../onnx/ops/quantized.ts';
import {
  type EncoderOptions,
  type EncoderSettings,
  encoderStates,
  firstStates,
} from './encoder-graph.ts';
import { type HeadSettings, logitScale, projection, spanParts } from './heads-graph.ts';
import { scaleName } from './quantize.ts';

/** Names of the three encoders; the prefixes of their weights are `<name>_encoder.`. */
export type EncoderName = 'text' | 'type' | 'meaning';

/** Sizes of a model. */
export interface ModelSettings {
  readonly encoder: EncoderSettings;
  readonly heads: HeadSettings;
  /** Text and type encoder have word embeddings of their own. Left out: all share the pretrained ones. */
  readonly words?: 'own';
  /** Left out: a meaning vector is the pretrained encoder's mean state. */
  readonly meaning?: { readonly size: number; readonly head?: object };
}

/** Names of the meaning head's weights: a map from a unit mean state [H] to a meaning vector. */
export const meaningHeadNames = { weight: 'meaning_head.weight', bias: 'meaning_head.bias' };

function meaningHeadTensors({ encoder: { hiddenSize }, meaning }: ModelSettings) {
  if (meaning?.head === undefined) return [];
  return [
    [meaningHeadNames.weight, [meaning.size, hiddenSize]] as const,
    [meaningHeadNames.bias, [meaning.size]] as const,
  ];
}

/** What a session computes. */
export interface ModelGraph<Output extends string = string> {
  readonly graph: Graph;
  readonly outputs: Readonly<Record<Output, Value>>;
}

/** Name of the pretrained word embeddings, which encoders share unless they have their own. */
export const wordEmbeddings = 'word_embeddings.weight';

/** Name of the word embeddings that an encoder reads. */
export const wordTable = (name: EncoderName, { words }: Pick<ModelSettings, 'words'>): string =>
  words === 'own' && name !== 'meaning' ? `${name}_${wordEmbeddings}` : wordEmbeddings;

/** How the products of encoder layers are computed. */
export type Arithmetic = 'float32' | 'int8';

/** A layer's product in whole numbers: its weights are parameters of type int8 with their scales. */
const integerProduct: NonNullable<EncoderOptions['product']> = (x, name, { from, to }) =>
  quantizedLinear(x, {
    weight: x.graph.parameter(`${name}.weight`, [from, to], 'int8'),
    scale: x.graph.parameter(scaleName(`${name}.weight`), [to]),
    bias: x.graph.parameter(`${name}.bias`, [to]),
  });

function encoder(name: EncoderName, settings: EncoderSettings, arithmetic: Arithmetic = 'float32') {
  const graph = new Graph();
  const inputs = {
    tokens: graph.input('tokens', 'int64', ['B', 'L']),
    attentionBias: graph.input('bias', 'float32', ['B', 1, 1, 'L']),
  };
  const words = graph.input('words', 'float32', ['W', settings.hiddenSize]);
  const states = encoderStates(inputs, {
    settings,
    prefix: `${name}_encoder.`,
    words,
    ...(arithmetic === 'int8' && { product: integerProduct }),
  });
  return { graph, inputs, states };
}

/** Shapes: tokens [B, L] -> starts and ends [B·L, E]. */
export function spanGraph(
  { encoder: settings, heads }: ModelSettings,
  arithmetic?: Arithmetic,
): ModelGraph<'starts' | 'ends'> {
  const { graph, states } = encoder('text', settings, arithmetic);
  const { starts, ends } = spanParts(states, heads);
  return { graph, outputs: { starts, ends } };
}

/** The part of span vectors that depends on weights alone. Shapes: -> widths [rows, E], scale []. */
export function widthGraph({ heads }: ModelSettings): ModelGraph<'widths' | 'scale'> {
  const graph = new Graph();
  const states = graph.input('states', 'float32', ['N', heads.hiddenSize]);
  const { widths } = spanParts(states, heads);
  return { graph, outputs: { widths, scale: logitScale(graph, 'span') } };
}

/** Shapes: tokens [B, L] -> vectors [B, E], not normalised. */
export function typeGraph({ encoder: settings, heads }: ModelSettings): ModelGraph<'vectors'> {
  const { graph, states, inputs } = encoder('type', settings);
  return {
    graph,
    outputs: { vectors: projection(firstStates(states, inputs), 'type_span', heads) },
  };
}

/** The pretrained encoder. Shapes: tokens [B, L] -> states [B·L, H]. */
export function meaningGraph({ encoder: settings }: ModelSettings): ModelGraph<'states'> {
  const { graph, states } = encoder('meaning', settings);
  return { graph, outputs: { states } };
}

/** Name and shape of every tensor that a bundle of these settings holds. */
export function bundleTensors(settings: ModelSettings): Map<string, readonly number[]> {
  const { vocabularySize, hiddenSize } = settings.encoder;
  const graphs = [
    spanGraph(settings),
    widthGraph(settings),
    typeGraph(settings),
    meaningGraph(settings),
  ];
  const parameters = graphs.flatMap(({ graph }) => graph.parameters);
  const tables = (['meaning', 'text', 'type'] as const).map((name) => wordTable(name, settings));
  return new Map([
    ...tables.map((name) => [name, [vocabularySize, hiddenSize]] as const),
    ...parameters.map(({ name, shape }) => [name, shape as readonly number[]] as const),
    ...meaningHeadTensors(settings),
  ]);
}
