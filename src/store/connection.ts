/**
 * A connection to the SQLite file that runs the statements of `statements.ts`: bulk writes, blobs and
 * whatever must be one transaction. Ordinary queries go through Prisma.
 *
 * There is one writing connection in the program, and it is synchronous: a transaction is a plain
 * function, and nothing else can come between its statements. It lives in a thread of its own, as
 * those that read do: SQLite never holds the event loop of the process that answers requests.
 */
import Sqlite from 'better-sqlite3';
import { fromBlob } from './blobs.ts';
import { storageError } from './disk-error.ts';
import { type PackedVectors, packVectors } from './packed-vectors.ts';
import { sqlFunctions } from './sql-functions.ts';
import { type StatementName, statements } from './statements.ts';

/** Values bound to a statement's `:names`. */
export type Bindings = Readonly<Record<string, string | number | null | Uint8Array>>;

/** What a writing statement did. */
export interface Written {
  readonly changes: number;
  readonly lastId: number;
}

/** Vectors with the ids of their rows. */
export interface VectorRows {
  readonly ids: readonly number[];
  readonly vectors: PackedVectors;
}

/** How to open a connection. */
export interface ConnectionOptions {
  readonly folder: string;
  readonly path: string;
  readonly readonly: boolean;
}

/** How long a connection waits for another one's lock, e.g. a backup tool's. */
const busyTimeoutMs = 5_000;

/**
 * A reading connection keeps at most so much of the file: looking up rows all over a million mentions takes
 * half the time that it takes with SQLite's own 16 MB.
 */
const readCacheKib = 65_536;

/** An open connection with its prepared statements. */
export class SqlConnection {
  readonly #folder: string;
  readonly #connection: Sqlite.Database;
  readonly #prepared = new Map<string, Sqlite.Statement>();

  constructor({ folder, path, readonly }: ConnectionOptions) {
    this.#folder = folder;
    try {
      this.#connection = new Sqlite(path, { readonly, timeout: busyTimeoutMs });
      if (readonly) this.#connection.pragma(`cache_size = -${readCacheKib}`);
      else this.#connection.pragma('journal_mode = WAL');
      // FULL: a commit is on the disk before it is acknowledged, power cuts included.
      this.#connection.pragma('synchronous = FULL');
      // What is deleted is overwritten.
      this.#connection.pragma('secure_delete = ON');
      this.#connection.pragma('foreign_keys = ON');
      for (const [name, value] of Object.entries(sqlFunctions)) {
        this.#connection.function(name, { deterministic: true }, value);
      }
    } catch (error) {
      throw storageError(error, folder);
    }
  }

  /** Runs a writing statement. */
  run(name: StatementName, bindings: Bindings = {}): Written {
    const { changes, lastInsertRowid } = this.#guard(() => this.#named(name).run(bindings));
    return { changes, lastId: Number(lastInsertRowid) };
  }

  /** The first row, if any. */
  get<Row>(name: StatementName, bindings: Bindings = {}): Row | undefined {
    return this.#guard(() => this.#named(name).get(bindings)) as Row | undefined;
  }

  /** Every row. */
  all<Row>(name: StatementName, bindings: Bindings = {}): Row[] {
    return this.#guard(() => this.#named(name).all(bindings)) as Row[];
  }

  /** Rows one after the other, each read when it is asked for: who has enough reads no more. */
  *each<Row>(name: StatementName, bindings: Bindings = {}): Generator<Row> {
    try {
      yield* this.#named(name).iterate(bindings) as IterableIterator<Row>;
    } catch (error) {
      throw storageError(error, this.#folder);
    }
  }

  /** The vectors of a statement that gives `id` and `vector`. */
  vectors(name: StatementName, bindings: Bindings = {}): VectorRows {
    const rows = this.all<{ id: number; vector: Uint8Array }>(name, bindings);
    const vectors = packVectors(rows.map(({ vector }) => fromBlob(vector)));
    return { ids: rows.map(({ id }) => id), vectors };
  }

  /** Every row of a query put together from fixed parts; values go through bindings only. */
  query<Row>(sql: string, bindings: Bindings): Row[] {
    return this.#guard(() => this.#prepare(sql).all(bindings)) as Row[];
  }

  /** Runs a change put together from fixed parts; values go through bindings only. */
  change(sql: string, bindings: Bindings): void {
    this.#guard(() => this.#prepare(sql).run(bindings));
  }

  /** Runs SQL of our own that is several statements: migrations. */
  execute(sql: string): void {
    this.#guard(() => this.#connection.exec(sql));
  }

  /** All of `change` or nothing of it. Transactions do not nest. */
  transaction<Result>(change: () => Result): Result {
    return this.#guard(() => this.#connection.transaction(change).immediate());
  }

  /** What `look` sees is one moment of the database, whatever is written meanwhile. */
  snapshot<Result>(look: () => Result): Result {
    return this.#guard(() => this.#connection.transaction(look).deferred());
  }

  /** Sets or reads a pragma, e.g. `max_page_count = 100`. */
  pragma(source: string): unknown {
    return this.#connection.pragma(source, { simple: true });
  }

  close(): void {
    this.#connection.close();
  }

  #named(name: StatementName): Sqlite.Statement {
    return this.#prepare(statements[name]);
  }

  #prepare(sql: string): Sqlite.Statement {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.#connection.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw storageError(error, this.#folder);
    }
  }
}
