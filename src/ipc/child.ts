/**
 * A child process that answers calls: native code that may block or crash lives in one, so that a
 * fault is a restart and not an outage. The child's side is `host.ts`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { appError } from '../core/errors.ts';
import { type Reply, type Request, unpackError } from './message.ts';

/** A running child process. */
export interface Child {
  /** Process id, for messages and tests. */
  readonly pid: number;
  /**
   * Calls a method of the child.
   *
   * Throws: what the method threw (an AppError keeps code and details); CHILD_PROCESS_DOWN when the
   * child has ended or ends before it answers.
   */
  call<Result>(method: string, argument: unknown): Promise<Result>;
  /** Asks the child to end, waits for it, then kills it. Calls still open are rejected. */
  close(): Promise<void>;
}

/** How to start a child process. */
export interface ChildOptions {
  /** What it is, for messages: 'encoder', 'index', 'training'. */
  readonly name: string;
  /** The module that calls `hostMethods`, as `new URL('./x-process.ts', import.meta.url)`. */
  readonly module: URL;
  /** Handed to the child's `open`. */
  readonly argument: unknown;
  /** Called with whatever the child emits, in order. */
  readonly onEvent?: (event: unknown) => void;
  /** Called once when the child ends without having been asked to; not called if it never opened. */
  readonly onExit?: (reason: string) => void;
  /** Scheduling priority from -20 (first) to 19 (last); the parent's unless given. */
  readonly niceness?: number;
  /** Arguments for the child's Node, e.g. `--max-old-space-size=4096`. */
  readonly nodeArguments?: readonly string[];
  /** How long `close` waits before it kills. Default: 10,000. */
  readonly closeTimeoutMs?: number;
  /**
   * An open child that has something to do and answers no ping for so long is killed: something in it is
   * held up for good, whatever else it may answer. Unlimited unless given.
   */
  readonly maxSilenceMs?: number | undefined;
}

const defaultCloseTimeoutMs = 10_000;

/** A silent child is asked this often before its time is over. */
const pingsBeforeKill = 4;

interface PendingCall {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** Sources run through tsx, built code as it is: this file's own name tells which of both we are. */
function entry(module: URL): { path: string; loader: string[] } {
  const path = fileURLToPath(module);
  if (import.meta.url.endsWith('.js')) return { path: path.replace(/\.ts$/, '.js'), loader: [] };
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return { path, loader: ['--import', tsx] };
}

class ForkedChild implements Child {
  readonly #options: ChildOptions;
  readonly #process: ChildProcess;
  readonly #pending = new Map<number, PendingCall>();
  readonly #opened: Promise<void>;
  readonly #ended: Promise<void>;
  #lastCall = 0;
  #closing = false;
  #isOpen = false;
  #endReason: string | undefined;
  /** When it last answered a ping or told of an event, or was given something to do after it had nothing. */
  #heardAt = performance.now();
  #listening: NodeJS.Timeout | undefined;
  #hangReason: string | undefined;

  constructor(options: ChildOptions) {
    this.#options = options;
    const { path, loader } = entry(options.module);
    this.#process = fork(path, [], {
      execArgv: [...loader, ...(options.nodeArguments ?? [])],
      serialization: 'advanced',
      // The parent's standard output belongs to the user (`--json`): children print on stderr.
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    this.#ended = new Promise((resolve) => {
      const end = (reason: string) => {
        this.#end(reason);
        resolve();
      };
      this.#process.once('exit', (code, signal) =>
        end(this.#hangReason ?? signal ?? `exit code ${code}`),
      );
      this.#process.once('error', (error) => end(error.message));
    });
    this.#opened = this.#open();
    this.#listen();
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** Settles when the child has opened; a child that refuses has ended by then. */
  async opened(): Promise<void> {
    try {
      await this.#opened;
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#isOpen = true;
  }

  call<Result>(method: string, argument: unknown): Promise<Result> {
    this.#lastCall += 1;
    const id = this.#lastCall;
    return this.#request<Result>(id, { kind: 'call', id, method, argument });
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#endReason === undefined && this.#process.connected) {
      this.#process.send({ kind: 'close' } satisfies Request, () => undefined);
    }
    const kill = setTimeout(
      () => this.#process.kill('SIGKILL'),
      this.#options.closeTimeoutMs ?? defaultCloseTimeoutMs,
    );
    await this.#ended;
    clearTimeout(kill);
  }

  #open(): Promise<void> {
    const { niceness, argument } = this.#options;
    this.#process.on('message', (reply) => this.#receive(reply as Reply));
    if (niceness !== undefined && this.#process.pid !== undefined) {
      setPriority(this.#process.pid, niceness);
    }
    return this.#request<void>(0, { kind: 'open', argument });
  }

  #request<Result>(id: number, request: Request): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.#endReason !== undefined || this.#closing) {
        reject(this.#down(this.#endReason ?? 'closed'));
        return;
      }
      if (this.#pending.size === 0) this.#heardAt = performance.now();
      this.#pending.set(id, { resolve, reject });
      this.#process.send(request, (error) => {
        if (error && this.#pending.delete(id)) reject(this.#down(error.message));
      });
    });
  }

  /** Kills the child when it holds calls and is silent for too long. */
  #listen(): void {
    const { maxSilenceMs } = this.#options;
    if (maxSilenceMs === undefined) return;
    this.#listening = setInterval(() => {
      if (!this.#isOpen || this.#pending.size === 0 || !this.#process.connected) return;
      if (performance.now() - this.#heardAt < maxSilenceMs) {
        this.#process.send({ kind: 'ping' } satisfies Request, () => undefined);
        return;
      }
      this.#hangReason = `no sign of life for ${maxSilenceMs / 1_000} s`;
      this.#process.kill('SIGKILL');
    }, maxSilenceMs / pingsBeforeKill).unref();
  }

  #receive(reply: Reply): void {
    if (reply.kind === 'alive' || reply.kind === 'event') {
      this.#heardAt = performance.now();
      if (reply.kind === 'event') this.#options.onEvent?.(reply.event);
      return;
    }
    const id = 'id' in reply ? reply.id : 0;
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    if ('error' in reply) call?.reject(unpackError(reply.error));
    else call?.resolve((reply.kind === 'result' ? reply.value : undefined) as never);
  }

  #end(reason: string): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    clearInterval(this.#listening);
    for (const call of this.#pending.values()) call.reject(this.#down(reason));
    this.#pending.clear();
    if (this.#isOpen && !this.#closing) this.#options.onExit?.(reason);
  }

  #down(reason: string): Error {
    return appError('CHILD_PROCESS_DOWN', {
      name: this.#options.name,
      reason: this.#closing ? 'closed' : reason,
    });
  }
}

/**
 * Starts a child process and waits until its `open` is done.
 *
 * Throws: what the child's `open` threw; CHILD_PROCESS_DOWN when it ended before.
 * Cost:   about 50 ms from built code, 400 ms from sources.
 */
export async function openChild(options: ChildOptions): Promise<Child> {
  const child = new ForkedChild(options);
  await child.opened();
  return child;
}
