/**
 * `spandex backup`: copies a data folder as it is at one moment.
 */
import { Command } from 'commander';
import { dataOption, jsonOption } from './options.ts';
import { printJson, printLine } from './output.ts';
import { readSettings, type SettingOptions } from './settings.ts';

interface Options extends SettingOptions {
  readonly json?: true;
}

async function run(path: string, options: Options): Promise<void> {
  const { dataDirectory: folder } = await readSettings(options);
  const { programVersion } = await import('../app/version.ts');
  const { backUp, manifestFile } = await import('../store/backup.ts');
  const manifest = backUp({ folder, path, version: programVersion });
  if (options.json) return printJson({ path, manifest });
  const { rows, bytes } = manifest;
  await printLine(
    `${rows['documents']} documents, ${rows['mentions']} mentions, ${bytes} bytes in ${path}`,
  );
  await printLine(`What it must be is in ${manifestFile(path)}; keep both.`);
}

/** The command. */
export const backupCommand = (): Command =>
  new Command('backup')
    .description('copy the database as it is now, with a manifest; also while a server uses it')
    .argument('<file>', 'a new file outside the data folder; FILE.manifest.json comes beside it')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(run);
