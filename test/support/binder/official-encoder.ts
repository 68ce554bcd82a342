/**
 * The pretrained encoder that the official case could have come from: its sizes, its text encoder as
 * it is, and a tokenizer with a word for every id.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printSafetensors } from '../../../src/onnx/safetensors.ts';
import type { Tensor } from '../../../src/onnx/tensor.ts';
import type { ReferenceCase } from '../../../src/training/reference-case.ts';
import { tinyTokenizerJson } from '../text/tiny-tokenizer.ts';

const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];

/** Words of two letters, and of every third one a continuation, so that words have several tokens. */
function wordPieces(count: number): string[] {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  return Array.from({ length: count }, (_, i) => {
    const word = letters[Math.floor(i / 26)]! + letters[i % 26]!;
    return i % 3 === 2 ? `##${word}` : word;
  });
}

/** The vocabulary in the order of ids. */
export const officialVocabulary = (size: number): string[] => [
  ...special,
  ...wordPieces(size - special.length),
];

/** Writes it as Hugging Face lays it out and returns its folder. */
export function writeOfficialEncoder(parent: string, reference: ReferenceCase): string {
  const { encoder, weights } = reference;
  const folder = join(parent, 'encoder');
  const tokens = officialVocabulary(encoder.vocabularySize);
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  const model = {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab,
  };
  const own = new Map<string, Tensor>(
    [...weights]
      .filter(([name]) => name.startsWith('text_encoder.'))
      .map(([name, weight]) => [name.replace('text_encoder.', ''), weight]),
  );
  mkdirSync(folder);
  writeFileSync(join(folder, 'tokenizer.json'), tinyTokenizerJson({ model }));
  writeFileSync(join(folder, 'model.safetensors'), printSafetensors(own));
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({
      model_type: 'bert',
      hidden_act: 'gelu',
      num_hidden_layers: encoder.layers,
      hidden_size: encoder.hiddenSize,
      num_attention_heads: encoder.heads,
      intermediate_size: encoder.intermediateSize,
      vocab_size: encoder.vocabularySize,
      max_position_embeddings: encoder.maxPositions,
      layer_norm_eps: encoder.layerNormEpsilon,
    }),
  );
  return folder;
}
