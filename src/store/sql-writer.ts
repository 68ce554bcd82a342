/**
 * The one connection that writes, in a thread of its own. Writes are done in the order they are asked
 * for; one that was answered is on the disk.
 */
import type { Thread } from '../ipc/thread.ts';
import { SqlReader } from './sql-reader.ts';
import type { Writes } from './writes/writes.ts';

/** What asks the thread. */
export class SqlWriter extends SqlReader {
  readonly #thread: Thread;

  constructor(thread: Thread) {
    super([thread]);
    this.#thread = thread;
  }

  /** Does a write; what is in `transfer` moves instead of being copied. */
  write<Name extends keyof Writes>(
    name: Name,
    argument: Parameters<Writes[Name]>[1],
    transfer: readonly ArrayBufferLike[] = [],
  ): Promise<ReturnType<Writes[Name]>> {
    return this.#thread.call(name, argument, transfer);
  }
}
