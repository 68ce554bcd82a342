import {
  floatTensor,
  quantizeRows,
  rowReader,
  scaleName,
  storeWeights,
} from '../../../src/ner/quantize.ts';
import { floats } from '../../../src/onnx/tensor.ts';

describe('quantizeRows', () => {
  it.each([127, 63])('uses the whole range of %i levels in each row', (levels) => {
    const { values, scale } = quantizeRows(floats([2, 3], [1, -2, 0.5, 0.001, 0, 0.0005]), levels);

    expect(Math.min(...values.data)).toBe(-levels);
    expect(Math.max(...values.data)).toBe(levels);
    expect(scale.data[0]).toBeCloseTo(2 / levels, 6);
    expect(scale.data[1]).toBeCloseTo(0.001 / levels, 8);
  });

  it('is within half a step of every number', () => {
    const numbers = Array.from({ length: 400 }, (_, i) => Math.sin(i * i) * 10 ** (i / 100 - 2));

    const { values, scale } = quantizeRows(floats([4, 100], numbers), 127);

    for (const [i, number] of numbers.entries()) {
      const step = scale.data[Math.floor(i / 100)]!;
      const stored = values.data[i]! * step;
      expect(Math.abs(stored - number)).toBeLessThanOrEqual(step * 0.5001);
    }
  });

  it('keeps rows of zeros, and rows too small for a scale, as zeros', () => {
    const { values } = quantizeRows(floats([2, 2], [0, 0, 1e-45, -1e-45]), 127);

    expect([...values.data]).toEqual([0, 0, 0, 0]);
  });
});

describe('floatTensor', () => {
  it('gives the numbers that integers and scales stand for', () => {
    const stored = storeWeights(
      new Map([['word_embeddings.weight', floats([2, 2], [127, -64, 0.127, 0])]]),
      { kind: 'compact', levels: 127 },
    );

    const { data } = floatTensor(stored, 'word_embeddings.weight');

    expect([...data].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([127, -64, 0.127, 0]);
    expect(stored.get(scaleName('word_embeddings.weight'))?.dims).toEqual([2]);
  });
});

describe('rowReader', () => {
  it.each(['compact', 'float32'] as const)('reads rows of a matrix stored as %s', (kind) => {
    const matrix = floats([3, 2], [1, 2, 3, -4, 0.5, 6]);
    const stored = storeWeights(
      new Map([['word_embeddings.weight', matrix]]),
      kind === 'compact' ? { kind, levels: 127 } : { kind },
    );
    const row = new Float32Array(4);

    rowReader(stored, 'word_embeddings.weight')(1, row, 2);

    const { data } = floatTensor(stored, 'word_embeddings.weight');
    expect([...row]).toEqual([0, 0, data[2], data[3]]);
  });
});
