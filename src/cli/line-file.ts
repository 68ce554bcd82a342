/**
 * A file of lines that is there whole or not at all, so that nobody trains on half a corpus.
 */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { unwritable } from '../core/unreadable.ts';

async function* terminated(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

/** What `lines` throws stays as it is. */
const writingFailure = (cause: unknown, path: string): unknown =>
  (cause as NodeJS.ErrnoException).syscall === undefined ? cause : unwritable(path, cause);

/** Writes the lines as they come. Throws: as `unwritable`, and what `lines` throws. */
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
