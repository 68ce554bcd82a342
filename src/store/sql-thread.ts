/**
 * A thread that holds one connection: the one that writes, or one of those that read. Started by
 * `sql-reader.ts` and `sql-writer.ts`.
 */
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { type HostedThread, hostThread, Transferred } from '../ipc/thread-host.ts';
import { releaseAbandonedClaims } from './abandoned-claims.ts';
import { type Bindings, SqlConnection } from './connection.ts';
import { migrate } from './migrate.ts';
import { useModel } from './model-generation.ts';
import { buffersOf } from './packed-vectors.ts';
import type { ReviewDraft } from './review-records.ts';
import { type ExampleQuery, standingExamples } from './standing-examples.ts';
import type { StatementName } from './statements.ts';
import {
  type PassingQuery,
  type SpanThresholdQuery,
  thresholdsOfSpans,
  WindowThresholds,
} from './window-thresholds.ts';
import { closeAbandonedJobs } from './writes/ingest-jobs.ts';
import { finishInterruptedPurges } from './writes/purge.ts';
import { checkReview } from './writes/reviews.ts';
import { writes } from './writes/writes.ts';

/** What a thread opens. */
export interface SqlThreadOptions {
  readonly folder: string;
  readonly path: string;
  readonly readonly: boolean;
  /** For the writer: id of the model in use; undefined leaves the vectors as they are. */
  readonly modelId?: string | undefined;
}

/** A named statement and its values. */
export interface NamedQuery {
  readonly name: StatementName;
  readonly bindings: Bindings;
}

/** A query and its values. */
export interface FreeQuery {
  readonly sql: string;
  readonly bindings: Bindings;
}

/** A query of Prisma's. */
export interface PrismaQuery {
  readonly method: 'queryRaw' | 'executeRaw';
  readonly query: never;
}

const reads = (connection: SqlConnection) => ({
  all: ({ name, bindings }: NamedQuery) => connection.all(name, bindings),
  query: ({ sql, bindings }: FreeQuery) => connection.query(sql, bindings),
  vectors: ({ name, bindings }: NamedQuery) => {
    const rows = connection.vectors(name, bindings);
    return new Transferred(rows, buffersOf(rows.vectors));
  },
  thresholdsOfSpans: (query: SpanThresholdQuery) => thresholdsOfSpans(connection, query),
  checkReview: (draft: ReviewDraft) => checkReview(connection, draft),
  standingExamples: (query: ExampleQuery) => standingExamples(connection, query),
});

/** Prisma has a connection of its own, opened when it is first asked. */
function prismaQueries(path: string) {
  const factory = new PrismaBetterSqlite3(
    { url: `file:${path}`, readonly: true },
    { timestampFormat: 'unixepoch-ms' },
  );
  let connected: ReturnType<typeof factory.connect> | undefined;
  return {
    prisma: async ({ method, query }: PrismaQuery) => {
      connected ??= factory.connect();
      return (await connected)[method](query);
    },
    close: async () => (await connected)?.dispose(),
  };
}

async function openWriter(options: SqlThreadOptions): Promise<HostedThread> {
  const connection = new SqlConnection(options);
  try {
    migrate(connection, options.folder);
    finishInterruptedPurges(connection, options.folder);
    releaseAbandonedClaims(connection);
    closeAbandonedJobs(connection);
    if (options.modelId !== undefined) await useModel(connection, options.modelId);
  } catch (error) {
    connection.close();
    throw error;
  }
  const bound = Object.entries(writes).map(([name, write]) => [
    name,
    (argument: never) =>
      (write as (writer: SqlConnection, argument: never) => unknown)(connection, argument),
  ]);
  return {
    methods: { ...reads(connection), ...Object.fromEntries(bound) },
    close: () => connection.close(),
  };
}

function openReader(options: SqlThreadOptions): HostedThread {
  const connection = new SqlConnection(options);
  const thresholds = new WindowThresholds(connection);
  const { prisma, close } = prismaQueries(options.path);
  return {
    methods: {
      ...reads(connection),
      spansThatPass: (query: PassingQuery) => thresholds.spansThatPass(query),
      prisma,
    },
    close: async () => {
      await close();
      connection.close();
    },
  };
}

hostThread<SqlThreadOptions>((options) =>
  options.readonly ? openReader(options) : openWriter(options),
);
