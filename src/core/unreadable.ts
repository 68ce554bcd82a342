/** Files that the system does not let the program read or write. */
import { dirname } from 'node:path';
import { diskFailure } from './disk-failure.ts';
import { AppError, appError } from './errors.ts';

/** What the system's codes mean that people meet. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'its permissions do not allow it',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead to each other',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is a file',
  EPERM: 'the system does not allow it',
};

/** Why a file could not be read or written: in words, else the system's code or message. */
export function unreadableReason(cause: unknown): string {
  const { code, message } = cause as Partial<NodeJS.ErrnoException>;
  return reasons[code ?? ''] ?? code ?? message ?? String(cause);
}

/** The error of a file that cannot be read; what is one of ours already stays as it is. */
export const unreadable = (path: string, cause: unknown): AppError =>
  cause instanceof AppError
    ? cause
    : appError('FILE_UNREADABLE', { path, reason: unreadableReason(cause) }, cause);

/**
 * The error of a file or folder that cannot be written: STORAGE_FULL, STORAGE_FAILED, else
 * FILE_UNREADABLE; what is one of ours already stays as it is.
 */
export function unwritable(path: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const failure = diskFailure(cause, dirname(path));
  if (failure) return failure;
  const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
  const why = isMissing ? 'its folder does not exist' : unreadableReason(cause);
  return appError('FILE_UNREADABLE', { path, reason: `it cannot be written: ${why}` }, cause);
}
