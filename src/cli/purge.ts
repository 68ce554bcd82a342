/**
 * `spandex purge`: deletes documents so that no file of the data folder holds anything of them.
 */
import { Command } from 'commander';
import { appError } from '../core/errors.ts';
import { dataOption, jsonOption } from './options.ts';
import { printJson, printLine } from './output.ts';
import { readSettings, type SettingOptions } from './settings.ts';

interface Options extends SettingOptions {
  readonly json?: true;
}

async function run(externalIds: readonly string[], options: Options): Promise<void> {
  const { dataDirectory: folder } = await readSettings(options);
  const { withWriter } = await import('../store/maintenance.ts');
  const { findExternalIds, purgeOffline } = await import('../store/purge-offline.ts');
  const purged = withWriter(folder, (writer) => {
    const known = findExternalIds(writer, externalIds);
    // All or nothing: who mistypes one id finds out before anything is gone.
    const unknown = externalIds.find((id) => !known.has(id));
    if (unknown !== undefined) throw appError('DOCUMENT_UNKNOWN', { id: unknown });
    return purgeOffline(writer, folder, [...known.values()].flat());
  });
  if (options.json) return printJson({ folder, purged: purged.length });
  await printLine(`Nothing of ${purged.length} documents is left in ${folder}.`);
}

/** The command. */
export const purgeCommand = (): Command =>
  new Command('purge')
    .description(
      'delete documents from a data folder that no server uses, so that nothing of them is left',
    )
    .argument('<externalId...>', 'external ids of the documents')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(run);
