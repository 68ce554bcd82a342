/**
 * `spandex ingest`: takes documents into the data folder and reads them.
 */
import { Command } from 'commander';
import type { App } from '../app/app.ts';
import type { IngestSummary } from '../app/ingest-files.ts';
import { reportFailure } from './failures.ts';
import {
  dataOption,
  type FieldOptions,
  fieldOptions,
  filesDescription,
  jsonOption,
  modelOption,
} from './options.ts';
import { note, printJson, printLine } from './output.ts';
import { summaryLines } from './printed-summary.ts';
import { openProgress, Pace } from './progress.ts';
import { readSettings, type SettingOptions } from './settings.ts';
import { withApp } from './with-app.ts';

interface Options extends SettingOptions, FieldOptions {
  readonly collection?: string;
  readonly watch?: true;
  readonly json?: true;
}

const saving = 'Interrupted: what was taken in is kept and will be read at the next start.';

async function ingestOnce(
  app: App,
  paths: readonly string[],
  { options, signal }: { options: Options; signal: AbortSignal },
): Promise<IngestSummary> {
  const { ingestFiles } = await import('../app/ingest-files.ts');
  const progress = openProgress('documents read', 0);
  const pace = new Pace();
  try {
    return await ingestFiles(app.parts, {
      paths,
      collection: options.collection,
      isKnownByPlace: options.watch,
      textField: options.column ?? options.field,
      signal,
      onFailure: reportFailure,
      onProgress: (accepted, done) =>
        progress.update(done, { total: accepted, text: pace.text(done, accepted) }),
    });
  } finally {
    progress.stop();
  }
}

async function printSummary(summary: IngestSummary, options: Options): Promise<void> {
  if (options.json) return printJson(summary);
  for (const line of summaryLines(summary)) await printLine(line);
}

/** Reads files, and again whenever they change, until the signal. */
async function watchAndIngest(
  app: App,
  paths: readonly string[],
  { options, signal }: { options: Options; signal: AbortSignal },
): Promise<void> {
  const { watchFiles } = await import('../app/watch-files.ts');
  const ingest = async (files: readonly string[]): Promise<void> =>
    printSummary(await ingestOnce(app, files, { options, signal }), options);
  await watchFiles({
    paths,
    signal,
    onReady: async () => {
      await ingest(paths);
      note('watching for changes; Ctrl-C ends it');
    },
    onChange: ingest,
    onFailure: reportFailure,
  });
}

async function run(paths: readonly string[], options: Options): Promise<void> {
  const config = await readSettings(options);
  await withApp(config, saving, async (app, signal) => {
    if (options.watch) await watchAndIngest(app, paths, { options, signal });
    else await printSummary(await ingestOnce(app, paths, { options, signal }), options);
  });
}

/** The command. */
export function ingestCommand(): Command {
  const command = new Command('ingest')
    .description('take documents in, read them and index their mentions')
    .argument('<path...>', filesDescription)
    .option('--collection <name>', 'where they go; a new one is made (default: default)')
    .option(
      '--watch',
      'go on and read files again when they change; a document that its file does not name is known by its path',
    )
    .addOption(dataOption())
    .addOption(modelOption())
    .addOption(jsonOption())
    .action(run);
  for (const option of fieldOptions()) command.addOption(option);
  return command;
}
