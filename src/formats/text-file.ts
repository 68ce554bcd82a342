/** Small files that are read whole. */
import { readFile } from 'node:fs/promises';
import { appError } from '../core/errors.ts';

/** A file's text. Throws: FILE_UNREADABLE. */
export const readTextFile = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: Error) => {
    throw appError('FILE_UNREADABLE', { path, reason: cause.message }, cause);
  });
