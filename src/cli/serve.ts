/**
 * `spandex serve`: the GraphQL API, until Ctrl-C.
 */
import { Command } from 'commander';
import { dataOption, filled, jsonOption, modelOption, wholeNumber } from './options.ts';
import { note, printJson, printLine } from './output.ts';
import { readSettings, type SettingOptions } from './settings.ts';

interface Options extends SettingOptions {
  readonly sample?: true;
  readonly json?: true;
}

const highestPort = 65_535;

async function run(options: Options): Promise<void> {
  const config = await readSettings(options);
  const { startServer, untilTerminated } = await import('../app/serve.ts');
  const { createLogger } = await import('../telemetry/logger.ts');
  // From here on, so that a signal while it starts is not lost.
  const terminated = untilTerminated();
  const server = await startServer({
    config,
    logger: createLogger(config.logLevel),
    sample: options.sample === true,
  });
  if (options.json) await printJson({ url: server.url, graphql: `${server.url}/graphql` });
  else await printLine(`Spandex is at ${server.url} (GraphQL: ${server.url}/graphql)`);
  await terminated;
  note('closing');
  await server.close();
}

/** The command. */
export const serveCommand = (): Command =>
  new Command('serve')
    .description('serve the GraphQL API; other settings are environment variables')
    .addOption(dataOption())
    .addOption(modelOption())
    .option('--host <address>', 'what to listen on (default: SPANDEX_HOST, or 127.0.0.1)', filled)
    .option(
      '--port <number>',
      `where to listen, 1 to ${highestPort}, 0 for any that is free (default: SPANDEX_PORT, or 4000)`,
      wholeNumber(0, highestPort),
    )
    .option('--sample', 'take the sample documents in: 500 PubMed abstracts')
    .addOption(jsonOption())
    .action(run);
