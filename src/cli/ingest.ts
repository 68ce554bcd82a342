/**
 * `spandex ingest`: takes documents into the data folder and reads them.
 */
import { Command } from 'commander';
import { reportFailure } from './failures.ts';
import { interruptible } from './interruption.ts';
import { dataOption, jsonOption, modelOption } from './options.ts';
import { printJson, printLine } from './output.ts';
import { openProgress } from './progress.ts';
import { readSettings, type SettingOptions } from './settings.ts';

interface Options extends SettingOptions {
  readonly json?: true;
}

const saving = 'Interrupted: what was taken in is kept and will be read at the next start.';

async function run(paths: readonly string[], options: Options): Promise<void> {
  const config = await readSettings(options);
  const { openApp } = await import('../app/app.ts');
  const { ingestFiles } = await import('../app/ingest-files.ts');
  const { createLogger } = await import('../telemetry/logger.ts');
  const logger = createLogger(config.logLevel === 'info' ? 'warn' : config.logLevel);
  await interruptible(saving, async (signal) => {
    const app = await openApp({ config, logger });
    const progress = openProgress('documents read', 0);
    try {
      const summary = await ingestFiles(app.parts, {
        paths,
        signal,
        onFailure: reportFailure,
        onProgress: (accepted, done) => progress.update(done, { total: accepted }),
      });
      progress.stop();
      if (options.json) return await printJson(summary);
      const counts = Object.entries(summary).filter(([, count]) => count > 0);
      await printLine(
        counts.map(([name, count]) => `${count} ${name}`).join(', ') || 'no documents',
      );
    } finally {
      progress.stop();
      await app.close();
    }
  });
}

/** The command. */
export const ingestCommand = (): Command =>
  new Command('ingest')
    .description('take documents in, read them and index their mentions')
    .argument(
      '<file...>',
      '.txt or .md with one document each; .jsonl or .jsonl.gz, one {"text", "externalId"?, "title"?, "metadata"?} a line',
    )
    .addOption(dataOption())
    .addOption(modelOption())
    .addOption(jsonOption())
    .action(run);
