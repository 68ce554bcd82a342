/**
 * The whole program on a data folder of its own, asked over HTTP. Only the model is the dictionary
 * extractor; everything else is what runs in earnest.
 */
import { readConfig } from '../../src/app/config.ts';
import { type RunningServer, startServer } from '../../src/app/serve.ts';
import type { Extractor } from '../../src/ner/extractor.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { askServer, type GraphqlAnswer } from './ask-server.ts';
import { type BeforeExtract, openDictionaryExtractor } from './dictionary-extractor.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A server for tests. */
export interface TestServer extends RunningServer {
  readonly folder: string;
  /** Lines of the log so far. */
  readonly log: readonly string[];
  ask(query: string, variables?: Readonly<Record<string, unknown>>): Promise<GraphqlAnswer>;
}

/** What a test may choose. */
export interface TestServerOptions {
  readonly folder?: string;
  readonly before?: BeforeExtract;
  /** Default: the dictionary extractor. */
  readonly openExtractor?: () => Promise<Extractor>;
  /** Environment variables of the settings. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly sample?: boolean;
}

/** Starts a server on a free port. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const folder = options.folder ?? temporaryFolder();
  const log: string[] = [];
  const config = readConfig({ SPANDEX_PORT: '0', SPANDEX_DATA_DIR: folder, ...options.settings });
  const server = await startServer({
    config,
    logger: createLogger('debug', { write: (line) => log.push(line) }),
    openExtractor: options.openExtractor ?? (async () => openDictionaryExtractor(options.before)),
    sample: options.sample ?? false,
  });
  const ask: TestServer['ask'] = (query, variables) => askServer(server.url, query, variables);
  return { ...server, folder, log, ask };
}
