/**
 * One training step as a single static graph: both encoders, all scores, the loss and the gradient of
 * every trainable weight.
 *
 * Sizes that change from batch to batch are letters (B windows, L tokens, T types, K tokens of a
 * description, M mentions), so one compiled model serves them all.
 */
import {
  type EncoderInputs,
  type EncoderSettings,
  encoderStates,
  firstStates,
} from '../ner/encoder-graph.ts';
import { type HeadSettings, logitScale, projection, spanParts } from '../ner/heads-graph.ts';
import { gradients } from '../onnx/gradient.ts';
import { Graph, type Value } from '../onnx/graph.ts';
import { type DropoutSource, dropout } from '../onnx/ops/dropout.ts';
import { add, multiply } from '../onnx/ops/elementwise.ts';
import { reshape } from '../onnx/ops/layout.ts';
import { bindingLoss, type LossTargets } from './losses.ts';
import { positionScores, spanScores } from './scores-graph.ts';

/** Weights of the parts of the loss. Source: BINDER's alpha, gamma, lambda and beta. */
export interface LossWeights {
  readonly start: number;
  readonly end: number;
  readonly span: number;
  readonly mention: number;
  readonly threshold: number;
}

/** What is built. */
export interface TrainingGraphOptions {
  readonly encoder: EncoderSettings;
  readonly heads: HeadSettings;
  readonly loss: LossWeights;
  readonly dropout: boolean;
  /** Names of word embedding tables: one shared and frozen, or one trained for each encoder. */
  readonly words: 'frozen' | 'trained';
}

/** The kinds of score, in the order of the loss. */
export const scoreKinds = ['start', 'end', 'span'] as const;
export type ScoreKind = (typeof scoreKinds)[number];

/** A built graph with what a session computes of it. */
export interface TrainingGraph {
  readonly graph: Graph;
  readonly scores: Readonly<Record<ScoreKind, Value>>;
  readonly loss: Value;
  /** Weights that train, in the order of `gradients`. */
  readonly trainable: readonly Value[];
  readonly gradients: readonly Value[];
  /** Number of places where dropout reads the pool. */
  readonly dropoutSites: number;
}

/** Name under which the frozen word embeddings, shared by all encoders, are fed. */
export const sharedWords = 'word_embeddings.weight';

function encoderInputs(
  graph: Graph,
  name: string,
  [windows, length]: readonly [string, string],
): EncoderInputs {
  return {
    tokens: graph.input(`${name}_tokens`, 'int64', [windows, length]),
    attentionBias: graph.input(`${name}_bias`, 'float32', [windows, 1, 1, length]),
  };
}

/** Counts dropout sites and applies them. */
function dropoutSites(graph: Graph, on: boolean): { drop: Drop; count: () => number } {
  if (!on) return { drop: (x) => x, count: () => 0 };
  const source: DropoutSource = {
    pool: graph.input('dropout_pool', 'float32', ['R']),
    offsets: graph.input('dropout_offsets', 'int64', ['D']),
  };
  let site = 0;
  return {
    drop(x) {
      site += 1;
      return dropout(x, source, site - 1);
    },
    count: () => site,
  };
}

type Drop = (x: Value) => Value;

/** The last states of both encoders: of every token, and of each description's [CLS]. */
function buildStates(graph: Graph, options: TrainingGraphOptions, drop: Drop) {
  const { encoder, words } = options;
  const shape = [encoder.vocabularySize, encoder.hiddenSize];
  const shared = words === 'frozen' ? graph.parameter(sharedWords, shape) : undefined;
  const read = (name: 'text' | 'type', sizes: readonly [string, string]) => {
    const inputs = encoderInputs(graph, name, sizes);
    const prefix = `${name}_encoder.`;
    const own = shared ?? graph.parameter(`${prefix}embeddings.${sharedWords}`, shape);
    return {
      inputs,
      states: encoderStates(inputs, { settings: encoder, prefix, words: own, drop }),
    };
  };
  const text = read('text', ['B', 'L']);
  const type = read('type', ['T', 'K']);
  return { tokens: text.states, types: firstStates(type.states, type.inputs) };
}

function buildScores(
  graph: Graph,
  states: { tokens: Value; types: Value },
  { heads, drop }: { heads: HeadSettings; drop: Drop },
): Record<ScoreKind, Value> {
  const sizes = { windows: 'B', length: 'L' };
  const project = (from: Value, name: string): Value => drop(projection(from, name, heads));
  const position = (kind: 'start' | 'end'): Value =>
    positionScores(project(states.tokens, kind), project(states.types, `type_${kind}`), {
      ...sizes,
      scale: logitScale(graph, kind),
    });
  const parts = spanParts(states.tokens, heads);
  const dropped = { ...parts, starts: drop(parts.starts), ends: drop(parts.ends) };
  return {
    start: position('start'),
    end: position('end'),
    span: spanScores(dropped, project(states.types, 'type_span'), {
      ...sizes,
      scale: logitScale(graph, 'span'),
      widthIndex: graph.input('width_index', 'int64', ['L', 'L']),
    }),
  };
}

/** The inputs that say which scores of a kind are gold and which are negatives. */
function targetInputs(graph: Graph) {
  const goldRow = graph.input('gold_row', 'int64', ['M']);
  const goldWeight = graph.input('gold_weight', 'float32', ['M']);
  const rowWeight = graph.input('row_weight', 'float32', ['B·T']);
  return (kind: ScoreKind): LossTargets => ({
    mask: graph.input(`${kind}_mask`, 'float32', ['B·T', kind === 'span' ? 'L·L' : 'L']),
    gold: graph.input(`${kind}_gold`, 'int64', ['M']),
    goldRow,
    goldWeight,
    rowWeight,
  });
}

/** Builds the graph of a training step. */
export function buildTrainingGraph(options: TrainingGraphOptions): TrainingGraph {
  const graph = new Graph();
  const sites = dropoutSites(graph, options.dropout);
  const states = buildStates(graph, options, sites.drop);
  const scores = buildScores(graph, states, { heads: options.heads, drop: sites.drop });
  const targets = targetInputs(graph);
  const terms = scoreKinds.map((kind) => {
    const columns = kind === 'span' ? 'L·L' : 'L';
    const rows = reshape(scores[kind], ['B·T', columns]);
    return multiply(bindingLoss(rows, targets(kind), options.loss), options.loss[kind]);
  }) as [Value, Value, Value];
  const loss = add(add(terms[0], terms[1]), terms[2]);
  const trainable = graph.parameters.filter(({ name }) => name !== sharedWords);
  return {
    graph,
    scores,
    loss,
    trainable,
    gradients: gradients(loss, trainable),
    dropoutSites: sites.count(),
  };
}
