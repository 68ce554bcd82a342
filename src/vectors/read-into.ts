/** Reading exactly so many bytes of a file. */
import type { FileHandle } from 'node:fs/promises';

/** Fills `bytes` from `position` on. Throws: an Error when the file ends before. */
export async function readInto(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) throw new Error('the wrong size');
    done += bytesRead;
  }
}
