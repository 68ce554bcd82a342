/**
 * `spandex verify`: looks whether a data folder is whole.
 */
import { Command } from 'commander';
import { AppError } from '../core/errors.ts';
import type { Check } from '../store/verify/fault.ts';
import { dataOption, jsonOption } from './options.ts';
import { note } from './output.ts';
import { printChecks } from './printed-checks.ts';
import { readSettings, type SettingOptions } from './settings.ts';

interface Options extends SettingOptions {
  readonly json?: true;
}

/** A server that runs has the indexes, and audits them itself. */
async function checkIndexes(folder: string): Promise<Check[]> {
  const { verifyIndexes } = await import('../app/verify-indexes.ts');
  const { createLogger } = await import('../telemetry/logger.ts');
  try {
    return [await verifyIndexes(folder, createLogger('warn'))];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'STORAGE_LOCKED') throw error;
    note('A server uses the folder: its indexes are not looked at, it audits them itself.');
    return [];
  }
}

async function run(options: Options): Promise<void> {
  const { dataDirectory: folder } = await readSettings(options);
  const { withReader } = await import('../store/maintenance.ts');
  const { isWhole, verifyDatabase } = await import('../store/verify/verify.ts');
  const checks = withReader(folder, (connection) =>
    verifyDatabase(connection, ({ name }) => note(`checked ${name}`)),
  );
  const indexes = isWhole(checks) ? await checkIndexes(folder) : [];
  await printChecks(folder, [...checks, ...indexes], options.json === true);
}

/** The command. */
export const verifyCommand = (): Command =>
  new Command('verify')
    .description('check that a data folder is whole; also while a server uses it')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(run);
