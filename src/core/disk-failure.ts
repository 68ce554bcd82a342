/** A disk that fails, as the operating system tells it, in the words of a user. */
import { type AppError, appError } from './errors.ts';

const fullCodes = ['ENOSPC', 'EDQUOT'];

/** Names for a disk that does not do what it is asked; the next time it may. */
const failedCodes = ['EIO', 'EROFS'];

/** STORAGE_FULL or STORAGE_FAILED; null when it is not the disk's fault. */
export function diskFailure(error: unknown, folder: string): AppError | null {
  const { code = '', message } = error as Partial<NodeJS.ErrnoException>;
  if (fullCodes.includes(code)) return appError('STORAGE_FULL', { folder }, error);
  if (!failedCodes.includes(code)) return null;
  return appError('STORAGE_FAILED', { folder, value: message ?? code }, error);
}
