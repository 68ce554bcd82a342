/**
 * hnswlib's own file format, as far as it must be known: its reader believes what it reads, and its
 * writer does not notice a full disk. So the structure is checked here after writing and before
 * native code loads it, and the vectors are read from it for exact comparison.
 *
 * Layout, little-endian: 96 bytes of sizes | for each vector its links, its numbers and its label |
 * for each vector the size of its upper links (u32) and these.
 * Source: hnswlib 0.8, hnswalg.h, saveIndex.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { readInto } from './read-into.ts';

/** What a file must be: another one would be read as nonsense. */
export interface GraphShape {
  readonly dimensions: number;
  /** Vectors in it, tombstones included. */
  readonly count: number;
  /** hnswlib's M. */
  readonly m: number;
}

/** Takes the vector of the next label, which is only lent. */
export type TakeVector = (vector: Float32Array) => void;

const sizesBytes = 96;
const chunkBytes = 4 << 20;
const linkBytes = 4;

interface RowLayout {
  readonly bytes: number;
  readonly vectorAt: number;
  readonly labelAt: number;
}

function layoutOf({ dimensions, m }: GraphShape): RowLayout {
  const vectorAt = linkBytes * (1 + 2 * m);
  const labelAt = vectorAt + Float32Array.BYTES_PER_ELEMENT * dimensions;
  return { vectorAt, labelAt, bytes: labelAt + 8 };
}

const at = (bytes: Buffer, offset: number): number => Number(bytes.readBigUInt64LE(offset));

async function checkSizes(file: FileHandle, shape: GraphShape, layout: RowLayout): Promise<void> {
  const sizes = Buffer.alloc(sizesBytes);
  await readInto(file, sizes, 0);
  const found = [0, 16, 24, 32, 40, 64, 72].map((offset) => at(sizes, offset));
  const { count, m } = shape;
  const expected = [0, count, layout.bytes, layout.labelAt, layout.vectorAt, 2 * m, m];
  const entry = sizes.readUInt32LE(52);
  const isRight =
    expected.every((value, i) => found[i] === value) && (count === 0 || entry < count);
  if (!isRight) throw new Error('a graph of another shape');
}

async function readRows(
  file: FileHandle,
  { dimensions, count }: GraphShape,
  { layout, take }: { layout: RowLayout; take: TakeVector },
): Promise<void> {
  const rowsAtOnce = Math.max(1, Math.floor(chunkBytes / layout.bytes));
  const chunk = Buffer.allocUnsafeSlow(rowsAtOnce * layout.bytes);
  for (let row = 0; row < count; row += rowsAtOnce) {
    const part = chunk.subarray(0, Math.min(rowsAtOnce, count - row) * layout.bytes);
    await readInto(file, part, sizesBytes + row * layout.bytes);
    for (let i = 0; i * layout.bytes < part.length; i += 1) {
      if (at(part, i * layout.bytes + layout.labelAt) !== row + i) throw new Error('a bad label');
      take(new Float32Array(part.buffer, i * layout.bytes + layout.vectorAt, dimensions));
    }
  }
}

/** The lists of upper links must end with the file. */
async function checkUpperLinks(file: FileHandle, begin: number, count: number): Promise<void> {
  const { size } = await file.stat();
  const lists = Buffer.allocUnsafe(Math.max(0, size - begin));
  await readInto(file, lists, begin);
  let position = 0;
  for (let i = 0; i < count; i += 1) {
    if (position + linkBytes > lists.length) throw new Error('a graph that is cut off');
    position += linkBytes + lists.readUInt32LE(position);
  }
  if (position !== lists.length) throw new Error('a graph of the wrong size');
}

/**
 * Reads a graph's file, giving each vector in the order of labels.
 *
 * Throws: an Error whose message says what is wrong with it.
 */
export async function readGraphFile(
  path: string,
  shape: GraphShape,
  take: TakeVector = () => undefined,
): Promise<void> {
  const layout = layoutOf(shape);
  const file = await open(path, 'r');
  try {
    await checkSizes(file, shape, layout);
    await checkUpperLinks(file, sizesBytes + shape.count * layout.bytes, shape.count);
    await readRows(file, shape, { layout, take });
  } finally {
    await file.close();
  }
}
