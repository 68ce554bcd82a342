/** The server as it is in earnest, with the model of a folder, in a process of its own. Prints its address. */
import { readConfig } from '../../src/app/config.ts';
import { startServer, untilTerminated } from '../../src/app/serve.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

const [, , dataDirectory, modelDirectory] = process.argv;
const server = await startServer({
  config: readConfig({
    SPANDEX_PORT: '0',
    SPANDEX_DATA_DIR: dataDirectory,
    SPANDEX_MODEL_DIR: modelDirectory,
  }),
  logger: createLogger('warn'),
});
process.stdout.write(`${server.url}\n`);
await untilTerminated();
await server.close();
