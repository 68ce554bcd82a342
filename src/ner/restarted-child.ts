/**
 * A child process that is started again when it dies, after waits that double from one death to the
 * next until a call has succeeded.
 */
import { appError } from '../core/errors.ts';
import { type Child, type ChildOptions, openChild } from '../ipc/child.ts';

/** How to start the child, and whom to tell. */
export interface RestartedChildOptions extends Omit<ChildOptions, 'onExit'> {
  /** Refuses, by throwing, a child that is not what it was when first opened. */
  readonly verify?: (child: Child) => Promise<void>;
  readonly onDown?: (reason: string) => void;
  readonly onUp?: () => void;
  /** Wait before the first restart. Default: 200. */
  readonly firstRestartMs?: number;
}

const defaultFirstRestartMs = 200;
const maxRestartMs = 30_000;

/** A child that comes back. */
export class RestartedChild {
  readonly #options: RestartedChildOptions;
  #child: Child | undefined;
  #downReason = 'not started';
  #deaths = 0;
  #timer: NodeJS.Timeout | undefined;
  #starting: Promise<void> | undefined;
  #closed = false;

  private constructor(options: RestartedChildOptions) {
    this.#options = options;
  }

  /** Starts the child for the first time. Throws: what its `open` threw. */
  static async open(options: RestartedChildOptions): Promise<RestartedChild> {
    const child = new RestartedChild(options);
    await child.#start();
    return child;
  }

  /** Process id, or undefined while the child is down. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Calls a method. Throws: what it threw; CHILD_PROCESS_DOWN while the child is down. */
  async call<Result>(method: string, argument: unknown): Promise<Result> {
    if (!this.#child) {
      const { name } = this.#options;
      throw appError('CHILD_PROCESS_DOWN', { name, reason: this.#downReason, wasDown: true });
    }
    const result = await this.#child.call<Result>(method, argument);
    this.#deaths = 0;
    return result;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    // A child that is just being started is waited for, so that none is left behind.
    await this.#starting?.catch(() => undefined);
    const child = this.#child;
    this.#child = undefined;
    this.#downReason = 'closed';
    await child?.close();
  }

  async #start(): Promise<void> {
    let current: Child | undefined;
    const onExit = (reason: string): void => {
      if (this.#child === current) this.#down(reason);
    };
    current = await openChild({ ...this.#options, onExit });
    try {
      await this.#options.verify?.(current);
    } catch (error) {
      await current.close();
      throw error;
    }
    this.#child = current;
  }

  #down(reason: string): void {
    this.#child = undefined;
    this.#downReason = reason;
    this.#deaths += 1;
    this.#options.onDown?.(reason);
    if (this.#closed) return;
    const { firstRestartMs = defaultFirstRestartMs } = this.#options;
    const waitMs = Math.min(firstRestartMs * 2 ** (this.#deaths - 1), maxRestartMs);
    this.#timer = setTimeout(() => {
      this.#starting = this.#restart();
    }, waitMs);
  }

  async #restart(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      this.#down(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#options.onUp?.();
  }
}
