/**
 * `spandex restore`: puts a backup back.
 */
import { Command } from 'commander';
import { dataOption, jsonOption } from './options.ts';
import { printJson, printLine } from './output.ts';
import { readSettings, type SettingOptions } from './settings.ts';

interface Options extends SettingOptions {
  readonly json?: true;
  readonly replace?: true;
}

async function run(path: string, options: Options): Promise<void> {
  const { dataDirectory: folder } = await readSettings(options);
  const { restore } = await import('../store/restore.ts');
  const { manifest, purgedAgain } = restore({ path, folder, replace: options.replace === true });
  if (options.json) return printJson({ folder, manifest, purgedAgain });
  await printLine(`${folder} is as it was at ${manifest.createdAt}.`);
  if (purgedAgain > 0) await printLine(`${purgedAgain} documents that were purged since are not.`);
}

/** The command. */
export const restoreCommand = (): Command =>
  new Command('restore')
    .description('put a backup into a data folder that no server uses')
    .argument('<file>', 'a file that `spandex backup` wrote, with its manifest beside it')
    .option('--replace', 'throw away the database that is in the folder')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(run);
