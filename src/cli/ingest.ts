/**
 * `spandex ingest`: takes documents into the data folder and reads them.
 */
import { Command } from 'commander';
import { reportFailure } from './failures.ts';
import { interruptible } from './interruption.ts';
import {
  dataOption,
  type FieldOptions,
  fieldOptions,
  filesDescription,
  jsonOption,
  modelOption,
} from './options.ts';
import { printJson, printLine } from './output.ts';
import { openProgress } from './progress.ts';
import { readSettings, type SettingOptions } from './settings.ts';

interface Options extends SettingOptions, FieldOptions {
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
        textField: options.column ?? options.field,
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
export function ingestCommand(): Command {
  const command = new Command('ingest')
    .description('take documents in, read them and index their mentions')
    .argument('<path...>', filesDescription)
    .addOption(dataOption())
    .addOption(modelOption())
    .addOption(jsonOption())
    .action(run);
  for (const option of fieldOptions()) command.addOption(option);
  return command;
}
