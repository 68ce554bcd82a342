/** Errors of the disk, as SQLite and the operating system tell them, in the words of a user. */
import { diskFailure } from '../core/disk-failure.ts';
import { AppError, appError } from '../core/errors.ts';

/** SQLite's names for a disk without space; two are those of the shared-memory file. */
const fullCodes = ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'SQLITE_IOERR_SHMMAP'];

/** How SQLite's names begin for a disk that does not do what it is asked; the next time it may. */
const failedCode = 'SQLITE_IOERR';

const invalidCodes = ['SQLITE_NOTADB', 'SQLITE_CORRUPT', 'SQLITE_CANTOPEN'];

/** The name that SQLite or the operating system gave an error, or "". */
function codeOf(error: unknown): string {
  const code: unknown =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && !(error instanceof AppError) ? code : '';
}

/**
 * SQLite's name of an error, or "" when it is not SQLite's. Not by class: the addon keeps the class that
 * the first module of a process gave it.
 */
export function sqliteCode(error: unknown): string {
  const code = codeOf(error);
  return code.startsWith('SQLITE_') ? code : '';
}

/**
 * The user's view of an error of the disk: STORAGE_FULL, STORAGE_FAILED, or STORAGE_INVALID for a file
 * that cannot be opened as what it should be. Other errors as they are.
 */
export function storageError(
  error: unknown,
  folder: string,
  rule = 'hold a readable database',
): unknown {
  const code = codeOf(error);
  const value = error instanceof Error ? error.message : code;
  if (fullCodes.includes(code)) return appError('STORAGE_FULL', { folder }, error);
  if (code.startsWith(failedCode)) return appError('STORAGE_FAILED', { folder, value }, error);
  if (invalidCodes.some((each) => code.startsWith(each)))
    return appError('STORAGE_INVALID', { folder, rule, value }, error);
  return code === '' ? error : (diskFailure(error, folder) ?? error);
}
