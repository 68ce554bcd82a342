/**
 * `spandex audit`: asks the vector indexes for what the database has, and repairs what they lack.
 */
import { Command } from 'commander';
import type { SpaceAudit } from '../app/audit-indexes.ts';
import { appError } from '../core/errors.ts';
import { reportFailure } from './failures.ts';
import { dataOption, jsonOption } from './options.ts';
import { printJson, printLine } from './output.ts';
import { openProgress } from './progress.ts';
import { readSettings, type SettingOptions } from './settings.ts';

interface Options extends SettingOptions {
  readonly full?: true;
  readonly json?: true;
}

const lineOf = ({ space, audited, missed, repaired }: SpaceAudit): string =>
  `${space}: ${audited} vectors asked for, ${missed} missed, ${repaired} repaired`;

async function run(options: Options): Promise<void> {
  const { dataDirectory: folder } = await readSettings(options);
  const { auditIndexes } = await import('../app/audit-indexes.ts');
  const { createLogger } = await import('../telemetry/logger.ts');
  const progress = openProgress('vectors', 0);
  let audits: readonly SpaceAudit[];
  try {
    audits = await auditIndexes(folder, {
      full: options.full === true,
      logger: createLogger('warn'),
      onProgress: (audited, total) => progress.update(audited, { total }),
    });
  } finally {
    progress.stop();
  }
  if (options.json) await printJson({ folder, indexes: audits });
  else for (const audit of audits) await printLine(lineOf(audit));
  const faults = audits.reduce((sum, { missed }) => sum + missed, 0);
  if (faults > 0) reportFailure(appError('STORAGE_DAMAGED', { folder, faults }));
}

/** The command. */
export const auditCommand = (): Command =>
  new Command('audit')
    .description('ask the vector indexes for what is stored, and repair what they lack')
    .addOption(dataOption())
    .option(
      '--full',
      'ask for every vector, and look for those that are not stored (default: ask each index for about 1000)',
    )
    .addOption(jsonOption())
    .action(run);
