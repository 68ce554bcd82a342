/**
 * Gzip streams, and the bound that keeps a bomb from being unpacked.
 */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { appError } from '../core/errors.ts';
import { freeInflatedBytes, maxInflationRatio } from './limits.ts';

/** What went into a decompressor and came out of it. */
export interface Meter {
  in: number;
  out: number;
}

/** Counts what comes out. Throws: ARCHIVE_TOO_LARGE when that is out of all proportion. */
export async function* guarded(
  chunks: AsyncIterable<Buffer>,
  meter: Meter,
  path: string,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    meter.out += chunk.length;
    if (meter.out > freeInflatedBytes && meter.out > meter.in * maxInflationRatio) {
      const what = 'bytes for each of its own';
      throw appError('ARCHIVE_TOO_LARGE', { path, what, max: maxInflationRatio });
    }
    yield chunk;
  }
}

const gzipMagic = Buffer.of(0x1f, 0x8b);

/** True for the first bytes of a gzip stream. */
const isGzip = (head: Buffer): boolean => head.subarray(0, 2).equals(gzipMagic);

async function* counted(chunks: AsyncIterable<Buffer>, meter: Meter): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    meter.in += chunk.length;
    yield chunk;
  }
}

/** What a gzip stream holds. Throws: ARCHIVE_TOO_LARGE, and zlib's errors. */
function inflated(chunks: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  const meter: Meter = { in: 0, out: 0 };
  const gunzip = createGunzip();
  // Whoever reads the result meets the errors of both streams: `pipeline` need not report them.
  pipeline(Readable.from(counted(chunks, meter)), gunzip, () => undefined);
  return guarded(gunzip, meter, path);
}

/** The chunks, inflated if their first bytes are those of a gzip stream. */
export async function* inflatedIfGzip(
  chunks: AsyncIterable<Buffer>,
  path: string,
): AsyncGenerator<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) return;
  const all = startingWith(first.value, iterator);
  if (isGzip(first.value)) yield* inflated(all, path);
  else yield* all;
}

/** An iterator put together again; who stops early lets go of what is behind it. */
async function* startingWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
