/** Documents scored from their ledgers, in threads beside the event loop. */
import { createThread, type Thread } from '../ipc/thread.ts';
import type { SpanHead } from '../ner/scorer.ts';
import type { TypePreview } from '../ner/type-preview.ts';
import type { Database } from '../store/database.ts';
import { databaseFile } from '../store/maintenance.ts';
import type {
  LedgerThreadOptions,
  PreviewRequest,
  ScoreAnswer,
  ScoreRequest,
} from './ledger-thread.ts';

/** Threads, started when they are first needed. */
const defaultThreads = 2;

/** What scores ledgers. */
export class Ledgers {
  readonly #threads: readonly Thread[];

  constructor({ folder }: Pick<Database, 'folder'>, head: SpanHead, threads = defaultThreads) {
    const argument: LedgerThreadOptions = { folder, path: databaseFile(folder), head };
    const module = new URL('./ledger-thread.ts', import.meta.url);
    this.#threads = Array.from({ length: threads }, () =>
      createThread({ name: 'ledger', module, argument }),
    );
  }

  /**
   * The mentions of documents, in the order asked; null for one without a ledger that can be read.
   *
   * Throws: CHILD_PROCESS_DOWN.
   */
  score(request: ScoreRequest): Promise<ScoreAnswer> {
    return this.#idlest().call('score', request);
  }

  /**
   * What a type would find in documents; those without a ledger that can be read are not counted.
   *
   * Throws: CHILD_PROCESS_DOWN.
   */
  preview(request: PreviewRequest): Promise<TypePreview> {
    return this.#idlest().call('preview', request);
  }

  /** Lets what was asked be answered, then ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #idlest(): Thread {
    return this.#threads.reduce((idlest, each) => (each.waiting < idlest.waiting ? each : idlest));
  }
}
