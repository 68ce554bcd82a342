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
