import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TypeExample } from '../../../src/core/document.ts';
import { type Bundle, readBundle } from '../../../src/ner/bundle.ts';
import { DescribedTypes } from '../../../src/ner/described-types.ts';
import { openReadingParts } from '../../../src/ner/open-model.ts';
import { openTypeEncoder, type TypeEncoder } from '../../../src/ner/type-encoder.ts';

const tiny = fileURLToPath(new URL('../../../models/tiny', import.meta.url));

const text = 'Rats were given morphine.';
const example = (start: number, end: number, isPositive = true): TypeExample => ({
  text,
  start,
  end,
  isPositive,
});
const [rats, morphine] = [example(0, 4), example(16, 24)];
/** No word: the model cannot read it. */
const half = { ...example(1, 4), documentId: 1 };

describe('DescribedTypes', () => {
  let bundle: Bundle;
  let encoder: TypeEncoder;
  let read: string[] = [];
  let close = async (): Promise<void> => undefined;
  let types: DescribedTypes;

  beforeAll(async () => {
    bundle = await readBundle(tiny);
    encoder = await openTypeEncoder(bundle);
    const reading = await openReadingParts(bundle, { threads: 1 });
    const { tokenizer } = reading;
    const counted = {
      ...reading,
      tokenizer: {
        ...tokenizer,
        encodeAll: (texts: readonly string[]) => {
          read.push(...texts);
          return tokenizer.encodeAll(texts);
        },
      },
    };
    types = new DescribedTypes(counted);
    close = async () => {
      await reading.turns.close();
      await Promise.all([reading.encoder.close(), encoder.close()]);
    };
  });

  afterAll(() => close());

  const encode = async (description: string, examples: readonly TypeExample[]) => {
    const [vector = new Float32Array()] = await types.encode(encoder, [
      { name: 'animal', description, examples },
    ]);
    return [...vector];
  };

  it('reads an example once, whatever description it stands beside', async () => {
    read = [];

    const first = await encode('', [rats, morphine]);
    const second = await encode('An animal.', [rats]);
    const third = await encode('An animal.', [rats, { ...morphine, isPositive: false }]);

    expect(read).toEqual([text]);
    expect(second).not.toEqual(first);
    expect(third).not.toEqual(second);
  });

  it('passes over what it cannot read of reviews, and refuses it of what was given by hand', async () => {
    const passed = await encode('An animal.', [half, rats]);

    expect(passed).toEqual(await encode('An animal.', [rats]));
    await expect(encode('', [example(1, 4)])).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });

  it('goes by the words where no positive example can be read', async () => {
    const words = await encode('An animal.', []);

    expect(await encode('An animal.', [half])).toEqual(words);
  });
});
