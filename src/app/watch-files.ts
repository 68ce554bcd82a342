/**
 * Files that appear or change below some paths, told together once they have come to rest.
 */
import { basename } from 'node:path';
import { watch } from 'chokidar';
import { type AppError, appError } from '../core/errors.ts';
import { unreadableReason } from '../core/unreadable.ts';

/** What to watch, and who is told. */
export interface WatchOptions {
  readonly paths: readonly string[];
  /** Told of files that are new or changed; not called again until it is done. */
  readonly onChange: (paths: readonly string[]) => Promise<void>;
  /** Called once changes are seen; they are told when it is done. */
  readonly onReady: () => Promise<void>;
  /** Told of what cannot be watched; the rest is. */
  readonly onFailure: (error: AppError) => void;
  /** Aborted: ends the watch. */
  readonly signal: AbortSignal;
}

/** A file has come to rest when its size has stayed so long. Units: milliseconds. */
const restMs = 300;

/** Hidden files and folders are left out, as they are when folders are read. */
const isHidden = (path: string): boolean => /^\.[^./\\]/.test(basename(path));

/** What ENOSPC means where nothing is written. */
const noMoreWatches = 'the system watches no more files for this user';

function watchFailure(cause: unknown, paths: readonly string[]): AppError {
  const { code, path = paths.join(', ') } = cause as NodeJS.ErrnoException;
  const reason = code === 'ENOSPC' ? noMoreWatches : unreadableReason(cause);
  return appError('FILE_UNREADABLE', { path, reason: `it cannot be watched: ${reason}` }, cause);
}

/** Watches until the signal is aborted. Throws: what `onChange` threw. */
export async function watchFiles(options: WatchOptions): Promise<void> {
  const { paths, onChange, signal } = options;
  const watcher = watch([...paths], {
    ignoreInitial: true,
    ignored: (path) => !paths.includes(path) && isHidden(path),
    followSymlinks: false,
    awaitWriteFinish: { stabilityThreshold: restMs, pollInterval: 100 },
  });
  let changed = new Set<string>();
  let wake = (): void => undefined;
  const add = (path: string): void => {
    changed.add(path);
    wake();
  };
  watcher.on('add', add).on('change', add);
  watcher.on('error', (cause) => options.onFailure(watchFailure(cause, paths)));
  signal.addEventListener('abort', () => wake(), { once: true });
  try {
    await new Promise<void>((resolve) => {
      watcher.once('ready', resolve);
    });
    await options.onReady();
    while (!signal.aborted) {
      if (changed.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const files = [...changed].sort();
      changed = new Set();
      if (files.length > 0 && !signal.aborted) await onChange(files);
    }
  } finally {
    await watcher.close();
  }
}
