/**
 * A graph on disk, in a container of our own: hnswlib's format has no magic, version, size or
 * checksum, and its reader crashes, or answers wrongly without a word, on a damaged file. No byte
 * reaches it before the whole container has been verified, and then as a private copy.
 *
 * Layout, little-endian: magic (8 bytes) | header length (u32) | header (JSON) | id of each label
 * (f64) | hnswlib's file | SHA-256 of everything before.
 */
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { HnswParameters } from './hnsw-graph.ts';

/** What a graph belongs to: a snapshot of anything else is not used. */
export interface SnapshotIdentity {
  readonly dimensions: number;
  /** Id of the model that made the vectors. */
  readonly modelId: string;
  readonly parameters: HnswParameters;
}

/** A snapshot's description of itself. */
export interface SnapshotHeader extends SnapshotIdentity {
  readonly format: number;
  readonly metric: 'cosine';
  /** Vectors that can be found, and tombstones. */
  readonly count: number;
  readonly tombstones: number;
  /** Last change of the source that is in it. */
  readonly sequence: number;
  /** Size of hnswlib's file. */
  readonly graphBytes: number;
}

/** A verified snapshot, whose graph is in a file of its own. */
export interface LoadedSnapshot {
  readonly header: SnapshotHeader;
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
const format = 1;
const digestBytes = 32;
const maxHeaderBytes = 65_536;
const chunkBytes = 1 << 20;

const prefixBytes = magic.length + 4;

/** Copies `length` bytes from one file's position on, hashing what is copied. */
async function copy(
  from: { file: FileHandle; position: number; length: number },
  hash: Hash,
  to: FileHandle,
): Promise<void> {
  const chunk = Buffer.alloc(Math.min(chunkBytes, from.length));
  for (let done = 0; done < from.length; ) {
    const wanted = Math.min(chunk.length, from.length - done);
    const { bytesRead } = await from.file.read(chunk, 0, wanted, from.position + done);
    if (bytesRead === 0) throw new Error('The file ended early.');
    const part = chunk.subarray(0, bytesRead);
    hash.update(part);
    await to.writeFile(part);
    done += bytesRead;
  }
}

function printHeader(content: SnapshotContent, graphBytes: number): Buffer {
  const { dimensions, modelId, parameters, sequence, ids } = content;
  const tombstones = ids.filter((id) => id < 0).length;
  const count = ids.length - tombstones;
  const header: SnapshotHeader = {
    format,
    metric: 'cosine',
    dimensions,
    modelId,
    parameters,
    count,
    tombstones,
    sequence,
    graphBytes,
  };
  return Buffer.from(JSON.stringify(header), 'utf8');
}

async function writeContainer(file: FileHandle, content: SnapshotContent): Promise<void> {
  const graph = await open(content.graphFile, 'r');
  try {
    const { size } = await graph.stat();
    const header = printHeader(content, size);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(header.length);
    const { ids } = content;
    const head = Buffer.concat([
      magic,
      length,
      header,
      Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength),
    ]);
    const hash = createHash('sha256').update(head);
    await file.writeFile(head);
    await copy({ file: graph, position: 0, length: size }, hash, file);
    await file.writeFile(hash.digest());
    await file.sync();
  } finally {
    await graph.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a snapshot: after a crash at any moment there is the one before or this one, whole. */
export async function writeSnapshot(path: string, content: SnapshotContent): Promise<void> {
  const unfinished = `${path}.unfinished`;
  try {
    const file = await open(unfinished, 'w');
    try {
      await writeContainer(file, content);
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

/** The header if it is one and fits; else why not. The checksum has yet to be compared. */
function checkHeader(bytes: Buffer, expected: SnapshotIdentity, fileBytes: number): SnapshotHeader {
  const header = JSON.parse(bytes.toString('utf8')) as Partial<SnapshotHeader>;
  const { count, tombstones, sequence, graphBytes } = header;
  if (header.format !== format || header.metric !== 'cosine') throw new Error('another format');
  if (header.dimensions !== expected.dimensions) throw new Error('another dimension');
  if (header.modelId !== expected.modelId) throw new Error('another model');
  if (JSON.stringify(header.parameters) !== JSON.stringify(expected.parameters)) {
    throw new Error('other parameters');
  }
  if (![count, tombstones, sequence, graphBytes].every(isCount)) throw new Error('a bad header');
  const complete = header as SnapshotHeader;
  const idBytes = 8 * (complete.count + complete.tombstones);
  const bytesExpected = prefixBytes + bytes.length + idBytes + complete.graphBytes + digestBytes;
  if (bytesExpected !== fileBytes) throw new Error('the wrong size');
  return complete;
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new Error('the wrong size');
    done += bytesRead;
  }
  return bytes;
}

async function readContainer(
  file: FileHandle,
  expected: SnapshotIdentity,
  graphFile: string,
): Promise<LoadedSnapshot> {
  const { size } = await file.stat();
  const prefix = await readExactly(file, 0, prefixBytes);
  if (!prefix.subarray(0, magic.length).equals(magic)) throw new Error('another kind of file');
  const headerBytes = prefix.readUInt32LE(magic.length);
  if (headerBytes > maxHeaderBytes) throw new Error('a bad header');
  const headerText = await readExactly(file, prefixBytes, headerBytes);
  const header = checkHeader(headerText, expected, size);
  const idsAt = prefixBytes + headerBytes;
  const idBytes = await readExactly(file, idsAt, 8 * (header.count + header.tombstones));
  const hash = createHash('sha256').update(prefix).update(headerText).update(idBytes);
  const graph = await open(graphFile, 'w');
  try {
    const position = idsAt + idBytes.length;
    await copy({ file, position, length: header.graphBytes }, hash, graph);
  } finally {
    await graph.close();
  }
  const digest = await readExactly(file, size - digestBytes, digestBytes);
  if (!hash.digest().equals(digest)) throw new Error('damaged bytes');
  return { header, ids: new Float64Array(new Uint8Array(idBytes).buffer) };
}

/**
 * Reads a snapshot, writing hnswlib's part to `graphFile`, which is only to be used when this returns.
 *
 * Throws: an Error whose message says what is wrong with it.
 */
export async function readSnapshot(
  path: string,
  expected: SnapshotIdentity,
  graphFile: string,
): Promise<LoadedSnapshot> {
  const file = await open(path, 'r');
  try {
    return await readContainer(file, expected, graphFile);
  } finally {
    await file.close();
  }
}
