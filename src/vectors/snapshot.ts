/**
 * A graph on disk, in a container of our own: hnswlib's format has no magic, version, size or
 * checksum, and its reader crashes, or answers wrongly without a word, on a damaged file. No byte
 * reaches it before the whole container has been verified, and then as a private copy.
 *
 * Layout, little-endian: magic (8 bytes) | format version (u32) | header length (u32) | header (JSON) |
 * SHA-256 of everything before | blocks of 1 MiB (the last may be shorter), each followed by the
 * SHA-256 of the header's digest, the block's number (u32) and the block. The blocks are the id of
 * each label (f64) and then hnswlib's file.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { readInto } from './read-into.ts';
import {
  checkIdentity,
  parseHeader,
  type SnapshotHeader,
  type SnapshotIdentity,
} from './snapshot-header.ts';

/** A verified snapshot, whose graph is in a file of its own. */
export interface LoadedSnapshot {
  readonly header: SnapshotHeader;
  /** For each label its id; negative: a tombstone. */
  readonly ids: Float64Array;
}

/** What to write. */
export interface SnapshotContent extends SnapshotIdentity {
  readonly sequence: number;
  readonly ids: Float64Array;
  /** hnswlib's file. */
  readonly graphFile: string;
}

const magic = Buffer.from('SPANHNSW', 'latin1');
const formatVersion = 2;
const digestBytes = 32;
const maxHeaderBytes = 65_536;
const blockBytes = 1 << 20;
const prefixBytes = magic.length + 8;
const idBytes = Float64Array.BYTES_PER_ELEMENT;

function printPreamble(content: SnapshotContent, graphBytes: number): Buffer {
  const { dimensions, modelId, generation, parameters, sequence, ids } = content;
  const deleted = ids.filter((id) => id < 0).length;
  const header: SnapshotHeader = {
    metric: 'cosine',
    dimensions,
    modelId,
    generation,
    parameters,
    count: ids.length - deleted,
    deleted,
    sequence,
    graphBytes,
  };
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32LE(formatVersion);
  numbers.writeUInt32LE(text.length, 4);
  return Buffer.concat([magic, numbers, text]);
}

const digestOf = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

/** Depends on the header and the block's place, so that no block can stand in for another. */
function blockDigest(headerDigest: Buffer, index: number, block: Buffer): Buffer {
  const place = Buffer.alloc(4);
  place.writeUInt32LE(index);
  return createHash('sha256').update(headerDigest).update(place).update(block).digest();
}

async function writeBlocks(
  file: FileHandle,
  { ids, graph, graphBytes }: { ids: Buffer; graph: FileHandle; graphBytes: number },
  headerDigest: Buffer,
): Promise<void> {
  const bodyBytes = ids.length + graphBytes;
  for (let begin = 0; begin < bodyBytes; begin += blockBytes) {
    const block = Buffer.allocUnsafe(Math.min(blockBytes, bodyBytes - begin));
    const fromIds = ids.subarray(begin, begin + block.length);
    block.set(fromIds);
    await readInto(graph, block.subarray(fromIds.length), Math.max(0, begin - ids.length));
    await file.writeFile(block);
    await file.writeFile(blockDigest(headerDigest, begin / blockBytes, block));
  }
}

/** Writes a container and brings it to the disk. */
export async function writeSnapshot(path: string, content: SnapshotContent): Promise<void> {
  const graph = await open(content.graphFile, 'r');
  const file = await open(path, 'w');
  try {
    const { size: graphBytes } = await graph.stat();
    const preamble = printPreamble(content, graphBytes);
    const headerDigest = digestOf(preamble);
    await file.writeFile(preamble);
    await file.writeFile(headerDigest);
    const { buffer, byteOffset, byteLength } = content.ids;
    const ids = Buffer.from(buffer, byteOffset, byteLength);
    await writeBlocks(file, { ids, graph, graphBytes }, headerDigest);
    await file.sync();
  } finally {
    await Promise.all([graph.close(), file.close()]);
  }
}

interface Preamble {
  readonly header: SnapshotHeader;
  readonly digest: Buffer;
  /** Where the blocks begin. */
  readonly end: number;
}

async function readPreamble(file: FileHandle): Promise<Preamble> {
  const prefix = Buffer.alloc(prefixBytes);
  await readInto(file, prefix, 0);
  if (!prefix.subarray(0, magic.length).equals(magic)) throw new Error('another kind of file');
  if (prefix.readUInt32LE(magic.length) !== formatVersion) throw new Error('another format');
  const headerBytes = prefix.readUInt32LE(magic.length + 4);
  if (headerBytes > maxHeaderBytes) throw new Error('a bad header');
  const rest = Buffer.alloc(headerBytes + digestBytes);
  await readInto(file, rest, prefixBytes);
  const text = rest.subarray(0, headerBytes);
  const digest = rest.subarray(headerBytes);
  if (!digestOf(Buffer.concat([prefix, text])).equals(digest)) throw new Error('a damaged header');
  return { header: parseHeader(text), digest, end: prefixBytes + rest.length };
}

const bodyBytesOf = ({ count, deleted, graphBytes }: SnapshotHeader): number =>
  idBytes * (count + deleted) + graphBytes;

/** Verifies every block, keeping the ids and copying the rest to `graph`. */
async function readBlocks(
  file: FileHandle,
  { header, digest, end }: Preamble,
  graph: FileHandle,
): Promise<Float64Array> {
  const ids = new Float64Array(header.count + header.deleted);
  const idPart = Buffer.from(ids.buffer);
  const bodyBytes = bodyBytesOf(header);
  const buffer = Buffer.allocUnsafe(blockBytes + digestBytes);
  let position = end;
  for (let begin = 0; begin < bodyBytes; begin += blockBytes) {
    const length = Math.min(blockBytes, bodyBytes - begin);
    const read = buffer.subarray(0, length + digestBytes);
    await readInto(file, read, position);
    position += read.length;
    const block = read.subarray(0, length);
    const expected = blockDigest(digest, begin / blockBytes, block);
    if (!expected.equals(read.subarray(length))) throw new Error('damaged bytes');
    const forIds = Math.min(length, Math.max(0, idPart.length - begin));
    idPart.set(block.subarray(0, forIds), Math.min(begin, idPart.length));
    await graph.writeFile(block.subarray(forIds));
  }
  return ids;
}

async function readContainer(
  file: FileHandle,
  expected: SnapshotIdentity,
  graphFile: string,
): Promise<LoadedSnapshot> {
  const preamble = await readPreamble(file);
  const { header, end } = preamble;
  checkIdentity(header, expected);
  const bodyBytes = bodyBytesOf(header);
  const blocks = Math.ceil(bodyBytes / blockBytes);
  const { size } = await file.stat();
  if (end + bodyBytes + blocks * digestBytes !== size) throw new Error('the wrong size');
  const graph = await open(graphFile, 'w');
  try {
    return { header, ids: await readBlocks(file, preamble, graph) };
  } finally {
    await graph.close();
  }
}

async function withFile<Result>(
  path: string,
  read: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  const file = await open(path, 'r');
  try {
    return await read(file);
  } finally {
    await file.close();
  }
}

/**
 * Reads a snapshot, writing hnswlib's part to `graphFile`, which is only to be used when this returns.
 *
 * Throws: an Error whose message says what is wrong with it.
 */
export const readSnapshot = (
  path: string,
  expected: SnapshotIdentity,
  graphFile: string,
): Promise<LoadedSnapshot> => withFile(path, (file) => readContainer(file, expected, graphFile));

/** What a snapshot says of itself; its blocks are not looked at. Throws: as `readSnapshot`. */
export const readSnapshotHeader = (path: string): Promise<SnapshotHeader> =>
  withFile(path, async (file) => (await readPreamble(file)).header);
