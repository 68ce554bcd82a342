/**
 * `spandex repair`: mends what can be made again from what is whole.
 */
import { Command } from 'commander';
import { dataOption, jsonOption } from './options.ts';
import { note } from './output.ts';
import { printChecks } from './printed-checks.ts';
import { readSettings, type SettingOptions } from './settings.ts';

interface Options extends SettingOptions {
  readonly json?: true;
}

async function run(options: Options): Promise<void> {
  const { dataDirectory: folder } = await readSettings(options);
  const { withWriter } = await import('../store/maintenance.ts');
  const { repairFolder } = await import('../store/verify/repair-folder.ts');
  const checks = withWriter(folder, (writer) =>
    repairFolder(writer, folder, ({ name, faults }) => {
      if (faults.length > 0) note(`${name}: ${faults.length} faults`);
    }),
  );
  note('The vector indexes are built anew at the next start.');
  await printChecks(folder, checks, options.json === true);
}

/** The command. */
export const repairCommand = (): Command =>
  new Command('repair')
    .description('mend a data folder that no server uses: read damaged readings again, count again')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(run);
