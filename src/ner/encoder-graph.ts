/**
 * BERT as a graph: token ids to one contextual vector a token.
 *
 * Parameters carry the names of Hugging Face's BERT checkpoints, so that weights move in and out
 * without renaming. Source: Devlin et al. 2019.
 *
 * Shapes: B windows, L tokens, H hidden size; rows of all windows are kept as one [B·L, H] matrix.
 */
import type { Graph, Value } from '../onnx/graph.ts';
import { add, gelu } from '../onnx/ops/elementwise.ts';
import { gatherRows } from '../onnx/ops/indexing.ts';
import { reshape, slice, transpose } from '../onnx/ops/layout.ts';
import { type LinearParameters, linear, matrixProduct } from '../onnx/ops/linear.ts';
import { layerNormalization, softmax } from '../onnx/ops/normalization.ts';
import type { Dim } from '../onnx/shape.ts';

/** Sizes and constants of a BERT encoder. */
export interface EncoderSettings {
  readonly layers: number;
  readonly hiddenSize: number;
  readonly heads: number;
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  readonly maxPositions: number;
  readonly layerNormEpsilon: number;
}

/** What an encoder reads. */
export interface EncoderInputs {
  /** Token ids, int64 [B, L]. */
  readonly tokens: Value;
  /** 0 for a token, very negative for padding, float32 [B, 1, 1, L]. */
  readonly attentionBias: Value;
}

/** How one encoder is built. */
export interface EncoderOptions {
  readonly settings: EncoderSettings;
  /** Names of its parameters begin with this, e.g. `text_encoder.`. */
  readonly prefix: string;
  /** Word embeddings [V, H]; encoders may share them. */
  readonly words: Value;
  /** Applied where BERT drops out during training. Default: nothing. */
  readonly drop?: (x: Value) => Value;
  /** Replaces the product of a layer's weights, e.g. by one in 8 bits. Default: `linear`. */
  readonly product?: (x: Value, name: string, sizes: LinearSizes) => Value;
}

/** Width of a linear map. */
export interface LinearSizes {
  readonly from: number;
  readonly to: number;
}

/** Declares the weights of a linear map as parameters `name.weight` and `name.bias`. */
export function linearParameters(graph: Graph, name: string, sizes: LinearSizes): LinearParameters {
  return {
    weight: graph.parameter(`${name}.weight`, [sizes.to, sizes.from]),
    bias: graph.parameter(`${name}.bias`, [sizes.to]),
  };
}

/** Builds the layers of one encoder. */
class EncoderBuilder {
  readonly #graph: Graph;
  readonly #options: EncoderOptions;
  readonly #inputs: EncoderInputs;

  constructor(inputs: EncoderInputs, options: EncoderOptions) {
    this.#graph = inputs.tokens.graph;
    this.#options = options;
    this.#inputs = inputs;
  }

  build(): Value {
    let states = this.#embed();
    for (let layer = 0; layer < this.#options.settings.layers; layer += 1) {
      const prefix = `encoder.layer.${layer}.`;
      states = this.#feedForward(this.#attend(states, prefix), prefix);
    }
    return states;
  }

  #embed(): Value {
    const { settings, words } = this.#options;
    const { tokens } = this.#inputs;
    const { hiddenSize } = settings;
    const [windows, length] = tokens.shape as [Dim, Dim];
    const positions = this.#parameter('embeddings.position_embeddings.weight', [
      settings.maxPositions,
      hiddenSize,
    ]);
    const segments = this.#parameter('embeddings.token_type_embeddings.weight', [2, hiddenSize]);
    const placed = add(
      gatherRows(words, tokens),
      add(
        slice(positions, { axis: 0, start: 0, size: length }),
        slice(segments, { axis: 0, start: 0, size: 1 }),
      ),
    );
    const rows = reshape(placed, [`${windows}·${length}`, hiddenSize]);
    return this.#drop(this.#normalize(rows, 'embeddings.LayerNorm'));
  }

  #attend(states: Value, prefix: string): Value {
    const { heads, hiddenSize } = this.#options.settings;
    const width = hiddenSize / heads;
    const [query, key, value] = ['query', 'key', 'value'].map((name) =>
      this.#heads(this.#linear(states, `${prefix}attention.self.${name}`, hiddenSize), width),
    ) as [Value, Value, Value];
    const similarities = matrixProduct(query, key, {
      transposeRight: true,
      scale: 1 / Math.sqrt(width),
    });
    const weights = this.#drop(softmax(add(similarities, this.#inputs.attentionBias)));
    const mixed = transpose(matrixProduct(weights, value), [0, 2, 1, 3]);
    const merged = reshape(mixed, states.shape);
    const projected = this.#linear(merged, `${prefix}attention.output.dense`, hiddenSize);
    return this.#normalize(
      add(this.#drop(projected), states),
      `${prefix}attention.output.LayerNorm`,
    );
  }

  #feedForward(states: Value, prefix: string): Value {
    const { hiddenSize, intermediateSize } = this.#options.settings;
    const wide = gelu(this.#linear(states, `${prefix}intermediate.dense`, intermediateSize));
    const narrow = this.#linear(wide, `${prefix}output.dense`, hiddenSize);
    return this.#normalize(add(this.#drop(narrow), states), `${prefix}output.LayerNorm`);
  }

  /** [B·L, H] → [B, heads, L, H / heads] */
  #heads(rows: Value, width: number): Value {
    const [windows, length] = this.#inputs.tokens.shape as [Dim, Dim];
    const split = reshape(rows, [windows, length, this.#options.settings.heads, width]);
    return transpose(split, [0, 2, 1, 3]);
  }

  #linear(x: Value, name: string, to: number): Value {
    const full = `${this.#options.prefix}${name}`;
    const sizes = { from: x.shape[1] as number, to };
    return (
      this.#options.product?.(x, full, sizes) ??
      linear(x, linearParameters(this.#graph, full, sizes))
    );
  }

  #normalize(x: Value, name: string): Value {
    const { hiddenSize, layerNormEpsilon } = this.#options.settings;
    const weight = this.#parameter(`${name}.weight`, [hiddenSize]);
    const bias = this.#parameter(`${name}.bias`, [hiddenSize]);
    return layerNormalization(x, { weight, bias }, layerNormEpsilon);
  }

  #drop(x: Value): Value {
    return this.#options.drop?.(x) ?? x;
  }

  #parameter(name: string, shape: readonly number[]): Value {
    return this.#graph.parameter(`${this.#options.prefix}${name}`, shape);
  }
}

/**
 * The last layer's state of every token, rows of all windows one after another.
 *
 * Shapes: tokens [B, L] → [B·L, H].
 */
export const encoderStates = (inputs: EncoderInputs, options: EncoderOptions): Value =>
  new EncoderBuilder(inputs, options).build();

/** The state of each window's first token ([CLS]). Shapes: [B·L, H] → [B, H]. */
export function firstStates(states: Value, { tokens }: EncoderInputs): Value {
  const [windows, length] = tokens.shape as [Dim, Dim];
  const hiddenSize = states.shape[1] as Dim;
  const byWindow = reshape(states, [windows, length, hiddenSize]);
  return reshape(slice(byWindow, { axis: 1, start: 0, size: 1 }), [windows, hiddenSize]);
}
