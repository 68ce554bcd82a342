/**
 * `spandex reference`: agreement with the official BINDER program on a recorded case.
 */
import { Command } from 'commander';
import { jsonOption } from './options.ts';
import { printJson, printLine } from './output.ts';

async function run(directory: string, { json }: { readonly json?: true }): Promise<void> {
  const { compareWithReference, referenceTolerances } = await import('../training/reference.ts');
  const errors = await compareWithReference(directory);
  if (json) return printJson(errors);
  for (const [name, error] of Object.entries(errors)) {
    const tolerance = referenceTolerances[name as keyof typeof errors];
    const verdict = error === null ? 'not recorded' : error < tolerance ? 'agrees' : 'DIFFERS';
    const figure = error === null ? '-' : (error as number).toExponential(2);
    await printLine(`${name.padEnd(24)} ${figure.padStart(9)}  below ${tolerance}: ${verdict}`);
  }
}

/** The command. */
export const referenceCommand = (): Command =>
  new Command('reference')
    .description('compare scores, loss, gradients and optimizer steps with the official program')
    .argument('<dir>', 'a case: case.json, weights.safetensors and what was computed of them')
    .addOption(jsonOption())
    .action(run);
