/** Small files that are read whole. */
import { readFile } from 'node:fs/promises';
import { unreadable } from '../core/unreadable.ts';

/** A file's text. Throws: FILE_UNREADABLE. */
export const readTextFile = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
