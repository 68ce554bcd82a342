#!/usr/bin/env node
/**
 * `spandex`: the command line. Commands load what they need when they run, so that help is quick.
 *
 * Exit codes: 0 done; 2 the input must change; 3 not allowed; 4 try again; 1 a bug.
 */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { auditCommand } from './audit.ts';
import { backupCommand } from './backup.ts';
import { calibrateCommand } from './calibrate.ts';
import { cardCommand } from './card.ts';
import { evaluateCommand } from './evaluate.ts';
import { exportCommand } from './export.ts';
import { extractCommand } from './extract.ts';
import { endWithReaders, reportFailure } from './failures.ts';
import { importCheckpointCommand } from './import-checkpoint.ts';
import { importVocabularyCommand } from './import-vocabulary.ts';
import { ingestCommand } from './ingest.ts';
import { labelCommand } from './label.ts';
import { note } from './output.ts';
import { purgeCommand } from './purge.ts';
import { referenceCommand } from './reference.ts';
import { repairCommand } from './repair.ts';
import { restoreCommand } from './restore.ts';
import { searchCommand } from './search.ts';
import { serveCommand } from './serve.ts';
import { shiftThresholdsCommand } from './shift-thresholds.ts';
import { trainCommand } from './train.ts';
import { trainMeaningCommand } from './train-meaning.ts';
import { verifyCommand } from './verify.ts';

const { version, description } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string; description: string };

const commands = [
  serveCommand,
  ingestCommand,
  extractCommand,
  searchCommand,
  exportCommand,
  labelCommand,
  trainCommand,
  trainMeaningCommand,
  evaluateCommand,
  calibrateCommand,
  shiftThresholdsCommand,
  cardCommand,
  importCheckpointCommand,
  importVocabularyCommand,
  referenceCommand,
  auditCommand,
  backupCommand,
  restoreCommand,
  verifyCommand,
  repairCommand,
  purgeCommand,
];

/** What commander says about usage; it may span lines. */
function sayUsage(text: string): void {
  for (const line of text.trimEnd().split('\n')) note(line);
}

function program(): Command {
  const spandex = new Command('spandex').description(description).version(version);
  for (const command of commands) spandex.addCommand(command());
  for (const each of [spandex, ...spandex.commands]) {
    each
      .showHelpAfterError('(add --help for what there is)')
      .exitOverride()
      .configureOutput({ outputError: sayUsage });
  }
  return spandex;
}

endWithReaders();
try {
  await program().parseAsync(process.argv);
} catch (error) {
  reportFailure(error);
}
