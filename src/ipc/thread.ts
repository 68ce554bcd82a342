/**
 * A worker thread that answers calls: synchronous work (SQLite) that would hold the event loop of the
 * process that answers requests. The thread's side is `thread-host.ts`.
 */
import { Worker } from 'node:worker_threads';
import { appError } from '../core/errors.ts';
import { type Reply, type Request, unpackError } from './message.ts';
import { threadEntry } from './thread-entry.ts';

/** A running worker thread. One that has nothing to answer keeps no process from ending. */
export interface Thread {
  /** Calls that were not answered yet. */
  readonly waiting: number;
  /**
   * Calls a method of the thread; calls are taken up in the order they are made. What is in `transfer`
   * moves instead of being copied, and is empty here afterwards.
   *
   * Throws: what the method threw (an AppError keeps code and details); CHILD_PROCESS_DOWN when the
   *         thread ends before it answers. The next call starts it again.
   */
  call<Result>(
    method: string,
    argument: unknown,
    transfer?: readonly ArrayBufferLike[],
  ): Promise<Result>;
  /** Lets the calls made so far be answered, then ends the thread. */
  close(): Promise<void>;
}

/** How to start a thread. */
export interface ThreadOptions {
  /** What it is, for messages: 'writer'. */
  readonly name: string;
  /** The module that calls `hostThread`, as `new URL('./x-process.ts', import.meta.url)`. */
  readonly module: URL;
  /** Handed to the thread's `open`. */
  readonly argument: unknown;
}

interface PendingCall {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** The call that waits for the thread's `open`. */
const openCall = 0;

class WorkerThread implements Thread {
  readonly #options: ThreadOptions;
  readonly #pending = new Map<number, PendingCall>();
  #worker: Worker | undefined;
  #ended: Promise<void> = Promise.resolve();
  #lastCall = openCall;
  #closing: Promise<void> | undefined;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#pending.size;
  }

  call<Result>(
    method: string,
    argument: unknown,
    transfer: readonly ArrayBufferLike[] = [],
  ): Promise<Result> {
    if (this.#closing) return Promise.reject(this.#down('closed'));
    if (!this.#worker) this.open().catch(() => undefined);
    this.#lastCall += 1;
    const id = this.#lastCall;
    return this.#send<Result>(id, { kind: 'call', id, method, argument }, transfer);
  }

  /** Starts the thread; settles when it has opened. */
  open(): Promise<void> {
    const { argument, module } = this.#options;
    const worker = new Worker(threadEntry(module), { stdout: false, stderr: false });
    this.#worker = worker;
    this.#ended = new Promise((resolve) => {
      let reason = '';
      worker.once('error', (error) => {
        reason = error.message;
      });
      worker.once('exit', (code) => {
        this.#end(worker, reason || `exit code ${code}`);
        resolve();
      });
    });
    worker.on('message', (reply: Reply) => this.#receive(reply));
    return this.#send<void>(openCall, { kind: 'open', argument }, []);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#worker?.ref();
    this.#worker?.postMessage({ kind: 'close' } satisfies Request);
    await this.#ended;
  }

  #send<Result>(
    id: number,
    request: Request,
    transfer: readonly ArrayBufferLike[],
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#worker?.postMessage(request, transfer as readonly ArrayBuffer[]);
      this.#worker?.ref();
      this.#pending.set(id, { resolve, reject });
    });
  }

  #receive(reply: Reply): void {
    const id = 'id' in reply ? reply.id : openCall;
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0 && !this.#closing) this.#worker?.unref();
    if ('error' in reply) call?.reject(unpackError(reply.error));
    else call?.resolve((reply.kind === 'result' ? reply.value : undefined) as never);
  }

  #end(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const call of this.#pending.values()) call.reject(this.#down(reason));
    this.#pending.clear();
  }

  #down(reason: string): Error {
    return appError('CHILD_PROCESS_DOWN', { name: this.#options.name, reason });
  }
}

/** A thread that is started by its first call. */
export const createThread = (options: ThreadOptions): Thread => new WorkerThread(options);

/**
 * Starts a worker thread and waits until its `open` is done.
 *
 * Throws: what the thread's `open` threw; CHILD_PROCESS_DOWN when it ended before.
 * Cost:   about 30 ms; from sources, once a process and module, 100 ms more.
 */
export async function openThread(options: ThreadOptions): Promise<Thread> {
  const thread = new WorkerThread(options);
  try {
    await thread.open();
    return thread;
  } catch (error) {
    await thread.close();
    throw error;
  }
}
