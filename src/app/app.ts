/**
 * The running program without a way in: model, database, indexes and the reading of documents, opened
 * in this order and closed in reverse. Server, command line and tests all use it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiParts } from '../api/context.ts';
import { createRankings } from '../api/ranked-pages.ts';
import { Ingest } from '../ingest/ingest.ts';
import type { Extractor } from '../ner/extractor.ts';
import { Linking } from '../search/linking.ts';
import { defaultCollection } from '../store/collections.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { countDocuments } from '../store/documents.ts';
import { createEntityType, listEntityTypes } from '../store/entity-types.ts';
import { openEventLoopMonitor } from '../telemetry/event-loop.ts';
import type { Logger } from '../telemetry/logger.ts';
import { checkAddons } from './check-addons.ts';
import type { Config } from './config.ts';
import { type Indexes, openIndexes } from './indexes.ts';
import { openExtractor } from './open-extractor.ts';
import { readSamples } from './samples.ts';
import { programVersion } from './version.ts';

/** What to open. */
export interface AppOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Opens the model. Default: that of the settings, in a process of its own. */
  readonly openExtractor?: () => Promise<Extractor>;
}

/** The running program. */
export interface App {
  readonly parts: ApiParts;
  close(): Promise<void>;
}

/** How long a batch in hand may take to end by itself when the program is closed. */
const closeGraceMs = 3_000;

/** A new data folder begins with the types that the model was trained on. */
async function seedTypes(
  database: Database,
  collectionId: number,
  { model }: Extractor,
): Promise<void> {
  const types = await listEntityTypes(database, collectionId);
  const counts = await countDocuments(database, collectionId);
  const isNew = types.length === 0 && Object.values(counts).every((count) => count === 0);
  if (!isNew) return;
  for (const { name, description } of model.types) {
    await createEntityType(database, { collectionId, name, description });
  }
}

/** Things to close, last opened first; a failure to close one does not keep the others open. */
class OpenParts {
  readonly #closers: (() => Promise<void>)[] = [];

  add(close: () => Promise<void>): void {
    this.#closers.unshift(close);
  }

  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (const close of this.#closers.splice(0)) {
      await close().catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw new AggregateError(errors, 'Not everything could be closed.');
  }
}

/**
 * Reading and linking stop first; a text that takes too long is cut off with its model and stays queued.
 */
async function closeReading(
  { ingest, linking }: Pick<ApiParts, 'ingest' | 'linking'>,
  closeExtractor: () => Promise<void>,
): Promise<void> {
  const closed = Promise.all([ingest.close(), linking.close()]);
  const timer = new AbortController();
  const grace = sleep(closeGraceMs, undefined, timer).catch(() => undefined);
  await Promise.race([closed, grace]);
  timer.abort();
  await closeExtractor();
  await closed;
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | undefined;
  return () => {
    closed ??= close();
    return closed;
  };
}

async function openParts(options: AppOptions, open: OpenParts): Promise<ApiParts> {
  const { config, logger } = options;
  checkAddons();
  const extractor = await (options.openExtractor?.() ?? openExtractor(config, logger));
  const closeExtractor = once(() => extractor.close());
  open.add(closeExtractor);
  const folder = config.dataDirectory;
  const database = await openDatabase({ folder, modelId: extractor.model.id });
  open.add(() => database.close());
  const { id: collectionId } = await defaultCollection(database);
  await seedTypes(database, collectionId, extractor);
  const indexes: Indexes = await openIndexes(database, extractor.model, logger);
  open.add(() => indexes.close());
  const { maxTextChars, batchChars, maxExtractChars } = config;
  const reading = { database, collectionId, extractor, logger };
  const ingest = new Ingest({ ...reading, maxTextChars, batchChars });
  const linking = new Linking(reading);
  open.add(() => closeReading({ ingest, linking }, closeExtractor));
  const monitor = openEventLoopMonitor();
  open.add(async () => monitor.close());
  const startedAt = performance.now();
  return {
    ...reading,
    typeIndex: indexes.typeIndex,
    meaningIndex: indexes.meaningIndex,
    ingest,
    linking,
    rankings: createRankings(),
    version: programVersion,
    maxExtractChars,
    purge: (ids) => ingest.purge(ids, () => indexes.rewrite()),
    indexReports: () => indexes.reports(),
    eventLoopDelay: () => monitor.delay(),
    uptimeSeconds: () => (performance.now() - startedAt) / 1_000,
    readSamples,
  };
}

/**
 * Opens the program.
 *
 * Throws: ADDON_MISSING; BUNDLE_INVALID or FILE_UNREADABLE for the model; STORAGE_LOCKED, STORAGE_INVALID or
 *         STORAGE_FULL for the data folder. Nothing stays open then.
 */
export async function openApp(options: AppOptions): Promise<App> {
  const open = new OpenParts();
  try {
    const parts = await openParts(options, open);
    return { parts, close: () => open.close() };
  } catch (error) {
    await open.close();
    throw error;
  }
}
