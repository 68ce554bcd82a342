/**
 * Reads in threads of their own: each sees what is committed when it is asked.
 */
import type { Thread } from '../ipc/thread.ts';
import type { Bindings, VectorRows } from './connection.ts';
import type { ReviewDraft } from './review-records.ts';
import type { FreeQuery, NamedQuery, PrismaQuery } from './sql-thread.ts';
import type { ExampleQuery, StandingExampleRow } from './standing-examples.ts';
import type { StatementName } from './statements.ts';
import type { PassingQuery, PassingSpan, SpanThresholdQuery } from './window-thresholds.ts';

/** What asks the threads. */
export class SqlReader {
  readonly #threads: readonly Thread[];

  constructor(threads: readonly Thread[]) {
    this.#threads = threads;
  }

  /** The first row, if any. */
  async get<Row>(name: StatementName, bindings: Bindings = {}): Promise<Row | undefined> {
    return (await this.all<Row>(name, bindings))[0];
  }

  /** Every row. */
  all<Row>(name: StatementName, bindings: Bindings = {}): Promise<Row[]> {
    return this.#call('all', { name, bindings } satisfies NamedQuery);
  }

  /** Every row of a query put together from fixed parts; values go through bindings only. */
  query<Row>(sql: string, bindings: Bindings): Promise<Row[]> {
    return this.#call('query', { sql, bindings } satisfies FreeQuery);
  }

  /** The vectors of a statement that gives `id` and `vector`. */
  vectors(name: StatementName, bindings: Bindings = {}): Promise<VectorRows> {
    return this.#call('vectors', { name, bindings } satisfies NamedQuery);
  }

  /** The spans that pass for a type, of a few windows; null when these would be too many. */
  spansThatPass({ vector, ...query }: PassingQuery): Promise<PassingSpan[] | null> {
    // A copy: what travels is all of the memory that a vector looks at.
    return this.#call('spansThatPass', { vector: vector.slice(), ...query } satisfies PassingQuery);
  }

  /** Each span's threshold for a type. */
  thresholdsOfSpans({ vector, spanIds }: SpanThresholdQuery): Promise<number[]> {
    const query = { vector: vector.slice(), spanIds } satisfies SpanThresholdQuery;
    return this.#call('thresholdsOfSpans', query);
  }

  /** Refuses a review that would be refused. Throws: MENTION_UNKNOWN, REVIEW_COUNT_CHANGED, ARGUMENT_INVALID. */
  checkReview(draft: ReviewDraft): Promise<void> {
    return this.#call('checkReview', draft);
  }

  /** What stands about a type, as examples of it. */
  standingExamples(query: ExampleQuery): Promise<StandingExampleRow[]> {
    return this.#call('standingExamples', query);
  }

  /** A query of Prisma's. */
  prisma<Result>(method: PrismaQuery['method'], query: unknown): Promise<Result> {
    return this.#call('prisma', { method, query });
  }

  /** Lets what was asked be answered, then ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  /** Asks the thread with the least to do: a long scan does not keep short reads waiting. */
  #call<Result>(method: string, argument: unknown): Promise<Result> {
    const [first, ...others] = this.#threads;
    if (!first) return Promise.reject(new Error('A reader has a thread.'));
    const thread = others.reduce(
      (idlest, each) => (each.waiting < idlest.waiting ? each : idlest),
      first,
    );
    return thread.call<Result>(method, argument);
  }
}
