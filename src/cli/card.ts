/**
 * `spandex card`: the model card of a bundle, printed from the record in its manifest.
 */
import { Command } from 'commander';
import { jsonOption, modelOption } from './options.ts';
import { printJson, printLine } from './output.ts';
import { printedCard } from './printed-card.ts';

interface Options {
  readonly model?: string;
  readonly json?: true;
}

async function run(options: Options): Promise<void> {
  const { readConfig } = await import('../app/config.ts');
  const { readBundle } = await import('../ner/bundle.ts');
  const { id, manifest } = await readBundle(options.model ?? readConfig().modelDirectory);
  if (options.json) return printJson({ id, ...manifest });
  for (const line of printedCard({ id, manifest })) await printLine(line);
}

/** The command. */
export const cardCommand = (): Command =>
  new Command('card')
    .description('print the model card of a bundle, in Markdown')
    .addOption(modelOption())
    .addOption(jsonOption())
    .action(run);
