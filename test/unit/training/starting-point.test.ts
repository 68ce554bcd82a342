import type { Bundle } from '../../../src/ner/bundle.ts';
import type { ModelDescription } from '../../../src/ner/manifest.ts';
import { floatTensor, type Storage, storeWeights } from '../../../src/ner/quantize.ts';
import { startingPoint } from '../../../src/training/starting-point.ts';
import { randomWeights, tinyDescription } from '../../support/ner/random-bundle.ts';
import { openTinyTokenizer } from '../../support/text/tiny-tokenizer.ts';

const compact: Storage = { kind: 'compact', levels: 63 };

function aBundle(change: Partial<ModelDescription> = {}, storage: Storage = compact): Bundle {
  const description = { ...tinyDescription, ...change };
  return {
    id: 'of the bundle',
    manifest: { formatVersion: 1, checksum: '', files: [], ...description },
    tokenizer: openTinyTokenizer(),
    weights: storeWeights(randomWeights(description), storage),
  };
}

const { hiddenSize, widthRows } = tinyDescription.heads;

describe('startingPoint', () => {
  it('starts from the numbers that stored weights stand for', () => {
    const bundle = aBundle();

    const { start } = startingPoint(bundle, 'path', widthRows);

    const name = 'text_encoder.encoder.layer.0.output.dense.weight';
    expect(bundle.weights.get(name)!.type).toBe('int8');
    expect(start.weights.get(name)).toEqual(floatTensor(bundle.weights, name));
    expect(start).toMatchObject({ id: 'of the bundle', name: 'random' });
  });

  it('begins the heads of starts and ends as parts of the span head', () => {
    const { start } = startingPoint(aBundle(), 'path', widthRows);

    const weight = (name: string) => start.weights.get(name)!;
    const span = weight('span_linear.weight');
    const row = (name: string) => [...weight(name).data.subarray(hiddenSize, 2 * hiddenSize)];
    const begin = span.dims[1]!;
    const spanRow = [...span.data.subarray(begin, begin + 2 * hiddenSize)];
    expect(row('start_linear.weight')).toEqual(spanRow.slice(0, hiddenSize));
    expect(row('end_linear.weight')).toEqual(spanRow.slice(hiddenSize));
    expect(weight('type_start_linear.weight')).toEqual(weight('type_span_linear.weight'));
    expect(weight('end_logit_scale')).toEqual(weight('span_logit_scale'));
  });

  it('keeps the pretrained encoder by the names of an encoder', () => {
    const bundle = aBundle();

    const { encoder } = startingPoint(bundle, 'path', widthRows);

    const name = 'encoder.layer.1.output.dense.bias';
    expect(encoder.settings).toEqual(tinyDescription.encoder);
    expect(encoder.weights.get(name)).toEqual(
      floatTensor(bundle.weights, `meaning_encoder.${name}`),
    );
    expect(encoder.weights.get('embeddings.word_embeddings.weight')).toEqual(
      floatTensor(bundle.weights, 'word_embeddings.weight'),
    );
  });

  it('leaves out widths that no window of training has', () => {
    const { start } = startingPoint(aBundle(), 'path', 65);

    const { dims, data } = start.weights.get('width_embeddings.weight')!;
    const { widthSize } = tinyDescription.heads;
    expect(dims).toEqual([65, widthSize]);
    expect(data).toHaveLength(65 * widthSize);
  });

  it('refuses a bundle whose encoders have words of their own', () => {
    const make = () => startingPoint(aBundle({ words: 'own' }), 'path', widthRows);

    expect(make).toThrow(
      expect.objectContaining({
        code: 'BUNDLE_INVALID',
        details: expect.objectContaining({ path: 'path', value: 'own' }),
      }),
    );
  });
});
