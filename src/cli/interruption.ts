/**
 * Ctrl-C for work that has something to save: the first one asks it to end, a second one ends the
 * process at once. Work that keeps nothing leaves the signals alone.
 */
import { note } from './output.ts';

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Runs `work` with a signal that SIGINT and SIGTERM abort. */
export async function interruptible<Result>(
  saving: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const remove = (): void => {
    for (const signal of signals) process.off(signal, abort);
  };
  const abort = (): void => {
    remove();
    note(saving);
    controller.abort();
  };
  for (const signal of signals) process.on(signal, abort);
  try {
    return await work(controller.signal);
  } finally {
    remove();
  }
}
