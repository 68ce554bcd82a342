/**
 * A file of lines that is there whole or not at all, so that nobody trains on half a corpus.
 */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError, appError } from '../core/errors.ts';
import { unwritable } from '../core/unreadable.ts';

async function* terminated(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

function writingFailure(cause: unknown, path: string): unknown {
  const { code, syscall } = cause as NodeJS.ErrnoException;
  if (cause instanceof AppError || syscall === undefined) return cause;
  if (code === 'ENOSPC') return appError('STORAGE_FULL', { folder: dirname(path) }, cause);
  return unwritable(path, cause);
}

/** Writes the lines as they come. Throws: STORAGE_FULL, FILE_UNREADABLE, and what `lines` throws. */
export async function writeLineFile(path: string, lines: AsyncIterable<string>): Promise<void> {
  const next = `${path}.new`;
  try {
    await pipeline(terminated(lines), createWriteStream(next));
    await rename(next, path);
  } catch (cause) {
    await rm(next, { force: true });
    throw writingFailure(cause, path);
  }
}
