/** A server whose model takes its time, in a process that a test can kill. Prints its address. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../src/app/config.ts';
import { startServer } from '../../src/app/serve.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { openDictionaryExtractor } from './dictionary-extractor.ts';

const server = await startServer({
  config: readConfig({
    SPANDEX_PORT: '0',
    SPANDEX_DATA_DIR: process.argv[2],
    SPANDEX_BATCH_CHARS: '100',
  }),
  logger: createLogger('warn'),
  openExtractor: async () => openDictionaryExtractor(() => sleep(50)),
});
process.stdout.write(`${server.url}\n`);
