/**
 * What scoring needs of a bundle besides encoders: the width part of span vectors and the score's
 * scale, both functions of the weights alone.
 */
import { openSession } from '../onnx/session.ts';
import type { Bundle } from './bundle.ts';
import { widthGraph } from './model-graphs.ts';
import { floatTensors } from './quantize.ts';
import type { SpanHead } from './scorer.ts';

/** Computes the head of a bundle's span vectors, once. */
export async function readSpanHead({ manifest, weights }: Bundle): Promise<SpanHead> {
  const { graph, outputs } = widthGraph(manifest);
  const session = await openSession(graph, outputs, {
    weights: floatTensors(weights, ['span_linear.', 'width_embeddings.', 'span_logit_scale']),
    threads: 1,
  });
  const { widths, scale } = await session.run({});
  await session.close();
  return {
    embeddingSize: manifest.heads.embeddingSize,
    widths: widths?.data as Float32Array,
    logitScale: Math.exp(Number(scale?.data[0])),
    thresholdShift: manifest.thresholdShift ?? 0,
    maxSpanTokens: manifest.maxSpanTokens,
  };
}
