import type { FloatTensors } from '../../../src/ner/quantize.ts';
import { Graph } from '../../../src/onnx/graph.ts';
import { floats } from '../../../src/onnx/tensor.ts';
import { initialWeights } from '../../../src/training/initial-weights.ts';

const shapes = {
  'word_embeddings.weight': [2, 3],
  'text_encoder.dense.weight': [1, 2],
  'type_encoder.dense.weight': [1, 2],
  'span_linear.weight': [100, 30],
  'span_linear.bias': [4],
  'width_embeddings.weight': [5, 3],
  span_logit_scale: [],
} as const;

const words = floats([2, 3], [1, 2, 3, 4, 5, 6]);
const dense = floats([1, 2], [7, 8]);
const pretrainedWeights = { 'embeddings.word_embeddings.weight': words, 'dense.weight': dense };

function weightsOf(
  stored: object = pretrainedWeights,
  seed = 1,
  trained: FloatTensors = new Map(),
) {
  const graph = new Graph();
  for (const [name, shape] of Object.entries(shapes)) graph.parameter(name, shape);
  const weights = new Map(Object.entries(stored));
  return initialWeights(graph.parameters, {
    pretrained: { settings: {} as never, weights },
    trained,
    path: 'model.safetensors',
    seed,
    temperature: 0.07,
  });
}

describe('initialWeights', () => {
  it('starts both encoders and the shared words from the pretrained encoder', () => {
    const weights = weightsOf();

    expect(weights.get('word_embeddings.weight')).toEqual(words);
    expect(weights.get('text_encoder.dense.weight')).toEqual(dense);
    expect(weights.get('type_encoder.dense.weight')).toEqual(dense);
  });

  it('draws heads from N(0, 0.02), with biases of 0', () => {
    const { data } = weightsOf().get('span_linear.weight')!;

    const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
    const variance = data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length;

    expect(Math.abs(mean)).toBeLessThan(0.002);
    expect(Math.sqrt(variance)).toBeCloseTo(0.02, 3);
    expect(weightsOf().get('span_linear.bias')!.data).toEqual(new Float32Array(4));
  });

  it('leaves row 0 of the width table 0 and no other', () => {
    const { data } = weightsOf().get('width_embeddings.weight')!;

    expect([...data.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect(data.subarray(3).every((x) => x !== 0)).toBe(true);
  });

  it('starts score scales at 1 / temperature', () => {
    const scale = weightsOf().get('span_logit_scale')!.data[0]!;

    expect(Math.exp(scale)).toBeCloseTo(1 / 0.07, 4);
  });

  it('starts from trained weights where there are any', () => {
    const trained = new Map([['type_encoder.dense.weight', floats([1, 2], [5, 6])]]);

    const weights = weightsOf(pretrainedWeights, 1, trained);

    expect(weights.get('type_encoder.dense.weight')).toBe(trained.get('type_encoder.dense.weight'));
    expect(weights.get('text_encoder.dense.weight')).toEqual(dense);
  });

  it('draws the same from the same seed', () => {
    expect(weightsOf(pretrainedWeights, 3)).toEqual(weightsOf(pretrainedWeights, 3));
    expect(weightsOf(pretrainedWeights, 3)).not.toEqual(weightsOf(pretrainedWeights, 4));
  });

  it.each([
    ['no such weight', { 'embeddings.word_embeddings.weight': words }],
    ['[2,1]', { ...pretrainedWeights, 'dense.weight': floats([2, 1], [7, 8]) }],
  ])('refuses an encoder with %s in place of a weight', (value, stored) => {
    const make = () => weightsOf(stored);

    expect(make).toThrow(
      expect.objectContaining({
        code: 'FILE_INVALID',
        details: expect.objectContaining({
          path: 'model.safetensors',
          rule: 'an encoder whose weight dense.weight has the shape [1,2]',
          value,
        }),
      }),
    );
  });
});
