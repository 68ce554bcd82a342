import { elementCount, floats, integers, tensor, tensorBytes } from '../../../src/onnx/tensor.ts';

describe('elementCount', () => {
  it('multiplies sizes, and counts one element in a scalar', () => {
    const counts = [[], [3], [2, 3, 4], [2, 0]].map(elementCount);

    expect(counts).toEqual([1, 3, 24, 0]);
  });
});

describe('tensor', () => {
  it('keeps the array it is given', () => {
    const data = Float32Array.of(1, 2);

    const made = tensor('float32', [2, 1], data);

    expect(made.data).toBe(data);
  });

  it('refuses an array of another length', () => {
    const make = () => tensor('float32', [2, 3], new Float32Array(5));

    expect(make).toThrow('A tensor of [2,3] must have 6 elements, but got: 5.');
  });
});

describe('floats', () => {
  it('rounds numbers to float32', () => {
    const { type, data } = floats([2], [0.1, 2]);

    expect({ type, values: [...data] }).toEqual({ type: 'float32', values: [Math.fround(0.1), 2] });
  });
});

describe('integers', () => {
  it('holds whole numbers as int64', () => {
    const { type, data } = integers([2], [-1, 2 ** 40]);

    expect({ type, values: [...data] }).toEqual({ type: 'int64', values: [-1n, 2n ** 40n] });
  });
});

describe('tensorBytes', () => {
  it('shows the elements of a part of a buffer without a copy', () => {
    const whole = Float32Array.of(1, 2, 3);

    const bytes = tensorBytes(tensor('float32', [2], whole.subarray(1)));
    whole[1] = 5;

    expect([...new Float32Array(new Uint8Array(bytes).buffer)]).toEqual([5, 3]);
  });
});
