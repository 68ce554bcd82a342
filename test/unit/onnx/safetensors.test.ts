import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  parseSafetensors,
  printSafetensors,
  readSafetensors,
} from '../../../src/onnx/safetensors.ts';
import { floats, integers, type Tensor, tensor } from '../../../src/onnx/tensor.ts';

const tensors: ReadonlyMap<string, Tensor> = new Map<string, Tensor>([
  ['scalar', floats([], [0.5])],
  ['bytes', tensor('uint8', [3], Uint8Array.of(1, 2, 255))],
  ['matrix', floats([2, 3], [1, 2, 3, 4, 5, 6])],
  ['signed bytes', tensor('int8', [2, 1], Int8Array.of(-128, 127))],
  ['halves', tensor('float16', [2], Uint16Array.of(0x3c00, 0xc000))],
  ['counts', integers([2], [-1, 2 ** 40])],
  ['places', tensor('int32', [1], Int32Array.of(-7))],
  ['empty', floats([0, 4], [])],
]);

/** A file with this header and a body of `bodyBytes`. */
function file(header: unknown, bodyBytes = 8): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([size, json, Buffer.alloc(bodyBytes)]);
}

const entry = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };

describe('parseSafetensors', () => {
  it('gives back the tensors that printSafetensors printed', () => {
    const bytes = printSafetensors(tensors, { format: 'pt' });

    const parsed = parseSafetensors(bytes, 'x.safetensors');

    expect(parsed).toEqual(tensors);
  });

  it('reads bytes that begin anywhere in a buffer', () => {
    const bytes = printSafetensors(tensors);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);

    const parsed = parseSafetensors(shifted.subarray(3), 'x.safetensors');

    expect(parsed).toEqual(tensors);
  });

  it.each([
    { fault: 'no bytes', bytes: new Uint8Array(0) },
    { fault: 'half a size', bytes: new Uint8Array(5) },
    { fault: 'a header longer than the file', bytes: Buffer.from([255, 255, 0, 0, 0, 0, 0, 0, 1]) },
    { fault: 'a header of 2^64 - 1 bytes', bytes: Buffer.alloc(16, 255) },
    { fault: 'a header that is no JSON', bytes: file('{"x":') },
    { fault: 'a header that is no object', bytes: file('3') },
    { fault: 'a header that is null', bytes: file('null') },
    { fault: 'an entry that is no object', bytes: file({ x: 5 }) },
    { fault: 'an entry that is null', bytes: file({ x: null }) },
    { fault: 'an entry without a shape', bytes: file({ x: { ...entry, shape: undefined } }) },
    {
      fault: 'an entry without offsets',
      bytes: file({ x: { ...entry, data_offsets: undefined } }),
    },
    { fault: 'offsets that are a number', bytes: file({ x: { ...entry, data_offsets: 8 } }) },
    { fault: 'an unknown type', bytes: file({ x: { ...entry, dtype: 'F8_E4M3' } }) },
    { fault: 'sizes below zero', bytes: file({ x: { ...entry, shape: [-2, -1] } }) },
    { fault: 'sizes that are no whole numbers', bytes: file({ x: { ...entry, shape: [4, 0.5] } }) },
    { fault: 'a shape larger than its bytes', bytes: file({ x: { ...entry, shape: [3] } }) },
    { fault: 'bytes beyond the end', bytes: file({ x: { ...entry, data_offsets: [4, 12] } }) },
    { fault: 'bytes before the start', bytes: file({ x: { ...entry, data_offsets: [-8, 0] } }) },
    { fault: 'a truncated body', bytes: printSafetensors(tensors).subarray(0, -20) },
  ])('refuses $fault with the path', ({ bytes }) => {
    const parse = () => parseSafetensors(bytes, 'bad.safetensors');

    expect(parse).toThrow(
      expect.objectContaining({
        code: 'FILE_INVALID',
        message: expect.stringContaining('"bad.safetensors"'),
      }),
    );
  });

  it('names the tensor whose entry is not so', () => {
    const parse = () =>
      parseSafetensors(file({ good: entry, bad: { ...entry, dtype: 'Q4' } }), 'x');

    expect(parse).toThrow(/"bad\\":|"bad":/);
  });
});

describe('printSafetensors', () => {
  it('aligns the tensors to 8 bytes and carries metadata along', () => {
    const bytes = printSafetensors(new Map([['x', floats([1], [1])]]), { source: 'test' });

    const headerBytes = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + headerBytes)).toString());
    expect((8 + headerBytes) % 8).toBe(0);
    expect(header).toEqual({
      __metadata__: { source: 'test' },
      x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    });
  });
});

describe('readSafetensors', () => {
  it('reads a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'spandex-'));
    const path = join(folder, 'x.safetensors');
    await writeFile(path, printSafetensors(tensors));

    const read = await readSafetensors(path);

    expect(read).toEqual(tensors);
    await rm(folder, { recursive: true });
  });

  it('says which file cannot be read', async () => {
    const reading = readSafetensors('/nowhere/x.safetensors');

    await expect(reading).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('"/nowhere/x.safetensors"'),
    });
  });
});
