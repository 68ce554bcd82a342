/**
 * BINDER's projections: token states and type states into one space of E numbers.
 *
 * The span projection is one linear map of [h_i ; h_j ; width], split into three so that nothing of
 * size L × L × (2H + D) is ever built: s_ij = a_i + b_j + c_(j−i+1).
 * Source: Zhang et al. 2023 (BINDER); the split is exact.
 */
import type { Graph, Value } from '../onnx/graph.ts';
import { add } from '../onnx/ops/elementwise.ts';
import { slice } from '../onnx/ops/layout.ts';
import { linear, matrixProduct } from '../onnx/ops/linear.ts';
import { linearParameters } from './encoder-graph.ts';

/** Sizes of the projections. */
export interface HeadSettings {
  /** H */
  readonly hiddenSize: number;
  /** E */
  readonly embeddingSize: number;
  /** D, size of a width embedding; 0 when there is none. */
  readonly widthSize: number;
  /** Rows of the width table: the longest span in tokens + 1; row 0 is padding. */
  readonly widthRows: number;
}

/** The parts of span vectors. Shapes: starts and ends [N, E], widths [rows, E]. */
export interface SpanParts {
  readonly starts: Value;
  readonly ends: Value;
  readonly widths: Value;
}

/** a = W_a h, b = W_b h and c = W_w E + bias. Shapes: states [N, H]. */
export function spanParts(states: Value, settings: HeadSettings): SpanParts {
  const { graph } = states;
  const { hiddenSize, embeddingSize, widthSize, widthRows } = settings;
  const { weight, bias } = linearParameters(graph, 'span_linear', {
    from: 2 * hiddenSize + widthSize,
    to: embeddingSize,
  });
  const part = (start: number, size: number): Value => slice(weight, { axis: 1, start, size });
  const table = graph.parameter('width_embeddings.weight', [widthRows, widthSize]);
  const product = { transposeRight: true };
  return {
    starts: matrixProduct(states, part(0, hiddenSize), product),
    ends: matrixProduct(states, part(hiddenSize, hiddenSize), product),
    widths: add(matrixProduct(table, part(2 * hiddenSize, widthSize), product), bias),
  };
}

/** One of the linear maps H → E: start, end, type_start, type_end, type_span. Shapes: [N, H] → [N, E]. */
export function projection(states: Value, name: string, settings: HeadSettings): Value {
  const sizes = { from: settings.hiddenSize, to: settings.embeddingSize };
  return linear(states, linearParameters(states.graph, `${name}_linear`, sizes));
}

/** The three logarithms of score scales: exp of each multiplies its cosine. */
export const logitScale = (graph: Graph, name: 'start' | 'end' | 'span'): Value =>
  graph.parameter(`${name}_logit_scale`, []);
