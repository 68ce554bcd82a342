/**
 * Trains a model from a recipe, a pretrained encoder and annotated documents: the facade of this
 * folder. The work is done in a child process.
 */
import { appError } from '../core/errors.ts';
import { openChild } from '../ipc/child.ts';
import type { TrainingEvent } from './progress.ts';
import type { RunOptions, RunResult } from './run.ts';

/** What `train` is told. */
export interface TrainOptions
  extends Omit<RunOptions, 'resume' | 'storage' | 'commit' | 'profilePath'> {
  /** Go on from the checkpoint that an interrupted run left. Default: no. */
  readonly resume?: boolean;
  /** How the bundle stores its weights. Default: compact. */
  readonly storage?: RunOptions['storage'];
  /** Of this program's source, for the bundle's manifest. */
  readonly commit?: string;
  readonly onProgress?: (event: TrainingEvent) => void;
  /** Aborted: a checkpoint is saved and `train` rejects with INTERRUPTED. */
  readonly signal?: AbortSignal;
  /** Scheduling priority from -20 (first) to 19 (last). */
  readonly niceness?: number;
}

/** The largest integer of 8-bit weights: 63, for processors whose 8-bit products overflow. */
const defaultStorage = { kind: 'compact', levels: 63 } as const;

/** A checkpoint of 12 bytes a weight must reach the disk before the child is killed. */
const closeTimeoutMs = 60_000;

/**
 * Trains and writes a bundle.
 *
 * Throws: RECIPE_INVALID, FILE_UNREADABLE, FILE_INVALID, ARGUMENT_INVALID; as `unwritable`; INTERRUPTED
 * after the signal, and CHILD_PROCESS_DOWN, both with the last checkpoint to resume from.
 */
export async function train(options: TrainOptions): Promise<RunResult> {
  const { onProgress, signal, niceness, ...rest } = options;
  if (signal?.aborted) throw appError('INTERRUPTED', { what: 'training run' });
  const argument: RunOptions = {
    resume: false,
    storage: defaultStorage,
    commit: 'unknown',
    ...rest,
  };
  const child = await openChild({
    name: 'training',
    module: new URL('./training-process.ts', import.meta.url),
    argument,
    closeTimeoutMs,
    onEvent: (event) => onProgress?.(event as TrainingEvent),
    ...(niceness !== undefined && { niceness }),
  });
  const stop = (): void => void child.call('stop', null).catch(() => undefined);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  try {
    return await child.call<RunResult>('run', null);
  } finally {
    signal?.removeEventListener('abort', stop);
    await child.close();
  }
}
