/**
 * A file on disk, inflated when it is a gzip stream.
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { unreadable } from '../core/unreadable.ts';
import { inflatedIfGzip } from './inflated.ts';
import type { Source } from './source.ts';

/**
 * The bytes of a file.
 *
 * Throws: FILE_UNREADABLE when it cannot be opened or its gzip stream breaks off, after what is before
 * the damage; ARCHIVE_TOO_LARGE.
 */
async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const stream = file.createReadStream({ start: 0, autoClose: false, highWaterMark: 256 * 1024 });
    yield* inflatedIfGzip(stream, path);
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    await file?.close();
  }
}

/** A file, read when it is asked for. */
export function fileSource(path: string): Source {
  return {
    path,
    name: basename(path).replace(/\.gz$/i, ''),
    bytes: () => bytesOf(path),
    async sibling(name) {
      const beside = join(dirname(path), name);
      const isFile = await stat(beside).then(
        (found) => found.isFile(),
        () => false,
      );
      return isFile ? fileSource(beside) : undefined;
    },
  };
}
