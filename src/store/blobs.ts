/** Vectors to and from the little-endian float32 blobs they are stored as. */

/** The bytes of a vector, sharing its memory. */
export const toBlob = (vector: Float32Array): Uint8Array =>
  new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);

/** The vector in a blob, as a copy of its own: a blob need not be aligned. */
export function fromBlob(blob: Uint8Array): Float32Array {
  const bytes = new Uint8Array(blob.byteLength);
  bytes.set(blob);
  return new Float32Array(bytes.buffer);
}

/** The vector in a blob, to be read before the blob's memory is used again: a view where it is aligned. */
export const viewBlob = (blob: Uint8Array): Float32Array =>
  blob.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0
    ? new Float32Array(
        blob.buffer,
        blob.byteOffset,
        blob.byteLength / Float32Array.BYTES_PER_ELEMENT,
      )
    : fromBlob(blob);
