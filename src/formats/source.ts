/**
 * Bytes to read, wherever they are: in a file, an entry of an archive, or memory.
 */

/** Something that holds documents. */
export interface Source {
  /** Where it is, for messages: 'folder/a.zip/b.txt'. */
  readonly path: string;
  /** Its own name without folders and without .gz: 'b.txt'. */
  readonly name: string;
  /** Its bytes from the start, inflated where they are compressed. Every call reads anew. */
  bytes(): AsyncIterable<Buffer>;
  /** What lies beside it under that name; undefined where there is nothing. */
  sibling(name: string): Promise<Source | undefined>;
}

/** Bytes that are in memory already. */
export function memorySource(path: string, content: Buffer | string): Source {
  const bytes = Buffer.from(content as string);
  return {
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    async *bytes() {
      for (let start = 0; start < bytes.length; start += chunkBytes)
        yield bytes.subarray(start, start + chunkBytes);
    },
    sibling: () => Promise.resolve(undefined),
  };
}

const chunkBytes = 64 * 1024;

/** The first bytes, at most so many. */
export async function readHead(source: Source, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of source.bytes()) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= maxBytes) break;
  }
  return Buffer.concat(parts).subarray(0, maxBytes);
}

/** All bytes, or null when there are more than that. */
export async function readWhole(source: Source, maxBytes: number): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of source.bytes()) {
    parts.push(chunk);
    length += chunk.length;
    if (length > maxBytes) return null;
  }
  return Buffer.concat(parts);
}
