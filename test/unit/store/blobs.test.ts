import { describe, expect, it } from '@jest/globals';
import { fromBlob, toBlob, viewBlob } from '../../../src/store/blobs.ts';

describe('toBlob and fromBlob', () => {
  it("are each other's reverse, for a part of a larger vector too", () => {
    const vector = Float32Array.of(9, 1.5, -2, 1e-30, 9).subarray(1, 4);

    expect(fromBlob(toBlob(vector))).toEqual(Float32Array.of(1.5, -2, 1e-30));
  });

  it('write little-endian float32', () => {
    expect([...toBlob(Float32Array.of(1))]).toEqual([0, 0, 128, 63]);
  });

  it('read bytes that are not aligned, into memory of their own', () => {
    const bytes = new Uint8Array([7, 0, 0, 128, 63]);

    const vector = fromBlob(bytes.subarray(1));
    bytes.fill(0);

    expect([...vector]).toEqual([1]);
  });
});

describe('viewBlob', () => {
  it('sees the vector in a blob, aligned or not', () => {
    const bytes = new Uint8Array([7, 0, 0, 128, 63, 0, 0, 128, 63]);

    expect([...viewBlob(bytes.subarray(4, 8))]).toEqual([...fromBlob(bytes.subarray(4, 8))]);
    expect([...viewBlob(bytes.subarray(1, 5))]).toEqual([1]);
  });

  it('shares memory that is aligned', () => {
    const blob = toBlob(Float32Array.of(1, 2));

    const view = viewBlob(blob);
    blob.fill(0);

    expect([...view]).toEqual([0, 0]);
  });
});
