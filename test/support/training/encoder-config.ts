/** The sizes of an encoder as its config.json says them. */
import type { EncoderSettings } from '../../../src/ner/encoder-graph.ts';

/** What `readPretrainedEncoder` reads the sizes from. */
export const encoderConfig = (settings: EncoderSettings) => ({
  model_type: 'bert',
  hidden_act: 'gelu',
  num_hidden_layers: settings.layers,
  hidden_size: settings.hiddenSize,
  num_attention_heads: settings.heads,
  intermediate_size: settings.intermediateSize,
  vocab_size: settings.vocabularySize,
  max_position_embeddings: settings.maxPositions,
  layer_norm_eps: settings.layerNormEpsilon,
});
