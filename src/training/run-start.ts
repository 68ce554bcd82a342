/**
 * What a run begins with besides documents: a pretrained encoder, or a bundle that it goes on from, and
 * the tokenizer of either.
 */
import { join } from 'node:path';
import { readTextFile } from '../formats/text-file.ts';
import type { Bundle } from '../ner/bundle.ts';
import { createTokenizer, type Tokenizer } from '../text/tokenizer.ts';
import { type PretrainedEncoder, readPretrainedEncoder } from './encoder-directory.ts';
import { type Recipe, widthRows } from './recipe.ts';
import { type StartingPoint, startingPoint } from './starting-point.ts';

/** What a run begins with. */
export interface RunStart {
  readonly encoder: PretrainedEncoder;
  /** Where it was read, for messages. */
  readonly encoderPath: string;
  readonly tokenizer: Tokenizer;
  readonly tokenizerJson: string;
  /** Id of [MASK]; of [UNK] where the vocabulary has none. */
  readonly maskToken: number;
  /** Left out: the run starts from the encoder. */
  readonly start?: StartingPoint;
}

/** The id of [MASK] in a tokenizer.json that was parsed before; of [UNK] where it has none. */
function maskTokenOf(json: string, { special }: Tokenizer): number {
  const { model } = JSON.parse(json) as { model: { vocab: Record<string, number> } };
  return model.vocab['[MASK]'] ?? special.unk;
}

/** A BERT encoder as Hugging Face lays it out. Throws: FILE_UNREADABLE, FILE_INVALID. */
export async function startFromEncoder(directory: string): Promise<RunStart> {
  const path = join(directory, 'tokenizer.json');
  const tokenizerJson = await readTextFile(path);
  const encoder = await readPretrainedEncoder(directory);
  const tokenizer = createTokenizer(tokenizerJson, path);
  return {
    encoder,
    encoderPath: join(directory, 'model.safetensors'),
    tokenizer,
    tokenizerJson,
    maskToken: maskTokenOf(tokenizerJson, tokenizer),
  };
}

/** A bundle that was read from the folder. Throws: FILE_UNREADABLE, BUNDLE_INVALID. */
export async function startFromBundle(
  bundle: Bundle,
  directory: string,
  recipe: Recipe,
): Promise<RunStart> {
  const { tokenizer } = bundle;
  const tokenizerJson = await readTextFile(join(directory, 'tokenizer.json'));
  const encoderPath = join(directory, 'weights.safetensors');
  return {
    ...startingPoint(bundle, encoderPath, widthRows(recipe)),
    encoderPath,
    tokenizer,
    tokenizerJson,
    maskToken: maskTokenOf(tokenizerJson, tokenizer),
  };
}
