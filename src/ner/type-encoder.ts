/**
 * The type side of the model: descriptions in plain words to vectors in the space of spans.
 */
import type { EntityType } from '../core/document.ts';
import { normalize } from '../core/vector.ts';
import { specialTokensPerWindow } from '../text/windows.ts';
import type { Bundle } from './bundle.ts';
import { typeGraph } from './model-graphs.ts';
import { Recent } from './recent.ts';
import { openSequenceEncoder, type SequenceEncoder } from './sequence-encoder.ts';

/** A type encoder that is ready to run. */
export interface TypeEncoder {
  /**
   * Unit vectors [E], in order. What is read is the description, or the name where it is empty, up to
   * 128 tokens; the rest of a longer one has no influence.
   */
  encode(types: readonly EntityType[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** Longest description that is read, special tokens included. */
export const maxTypeTokens = 128;
const lengthStep = 16;
const batchTokens = 1_024;
/** More than any sensible set of types, and under a megabyte. */
const maxCached = 1_000;

/** What the type encoder reads of a type. */
export const typeText = ({ name, description }: EntityType): string =>
  description.trim() === '' ? name : description;

/** Unit vectors of texts, by text. */
async function encodeTexts(
  { tokenizer, manifest }: Bundle,
  encoder: SequenceEncoder<'vectors'>,
  texts: readonly string[],
): Promise<Map<string, Float32Array>> {
  const longest = Math.min(maxTypeTokens, manifest.encoder.maxPositions) - specialTokensPerWindow;
  const size = manifest.heads.embeddingSize;
  const encodings = await tokenizer.encodeAll(texts);
  const sequences = encodings.map(({ ids }) => ids.subarray(0, longest));
  const encoded = new Map<string, Float32Array>();
  const lengths = sequences.map(({ length }) => length + specialTokensPerWindow);
  for (const { members, paddedLength } of encoder.plan(lengths)) {
    const batch = members.map((index) => sequences[index]!);
    const { data } = (await encoder.run(batch, paddedLength)).vectors;
    members.forEach((index, row) => {
      encoded.set(texts[index]!, normalize(data.subarray(row * size, (row + 1) * size)));
    });
  }
  return encoded;
}

/** Opens the type encoder of a bundle, in this thread: types are few, and encoded once. */
export async function openTypeEncoder(bundle: Bundle): Promise<TypeEncoder> {
  const encoder = await openSequenceEncoder(bundle, {
    name: 'type',
    model: typeGraph(bundle.manifest),
    prefixes: ['type_encoder.', 'type_span_linear.'],
    lengthStep,
    maxTokens: batchTokens,
  });
  const cache = new Recent<Float32Array>(maxCached);
  return {
    async encode(types) {
      const texts = types.map(typeText);
      const known = new Map(texts.map((text) => [text, cache.get(text)]));
      const unknown = [...known.keys()].filter((text) => known.get(text) === undefined);
      const encoded = await encodeTexts(bundle, encoder, unknown);
      for (const [text, vector] of encoded) cache.set(text, vector);
      return texts.map((text) => (known.get(text) ?? encoded.get(text))!.slice());
    },
    close: () => encoder.close(),
  };
}
