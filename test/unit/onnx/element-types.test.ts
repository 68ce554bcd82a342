import { elementFormats, elementsFrom } from '../../../src/onnx/element-types.ts';
import type { ElementType } from '../../../src/onnx/tensor.ts';

describe('elementFormats', () => {
  it('says how long the elements of each array are', () => {
    const lengths = Object.entries(elementFormats).map(([type, { bytes }]) => [
      bytes,
      elementsFrom(type as ElementType, new Uint8Array(16)).BYTES_PER_ELEMENT,
    ]);

    for (const [said, real] of lengths) expect(said).toBe(real);
  });

  it('gives every type a number and a name of its own', () => {
    const formats = Object.values(elementFormats);

    expect(new Set(formats.map(({ onnx }) => onnx)).size).toBe(formats.length);
    expect(new Set(formats.map(({ safetensors }) => safetensors)).size).toBe(formats.length);
  });
});

describe('elementsFrom', () => {
  it('reads bytes that do not lie on a multiple of their size', () => {
    const bytes = new Uint8Array(9);
    bytes.set(new Uint8Array(Float32Array.of(1.5, -2).buffer), 1);

    const elements = elementsFrom('float32', bytes.subarray(1));

    expect([...elements]).toEqual([1.5, -2]);
  });
});
