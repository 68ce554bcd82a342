/**
 * `spandex train-meaning`: teaches a model's meaning vectors which names mean the same thing.
 */
import { basename, dirname, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { jsonOption, wholeNumber } from './options.ts';
import { printJson, printLine } from './output.ts';
import { openProgress } from './progress.ts';

interface Options {
  readonly model: string;
  readonly concepts: readonly string[];
  readonly out: string;
  readonly credit?: string;
  readonly licence: string;
  readonly size?: number;
  readonly steps?: number;
  readonly seed?: number;
  readonly json?: true;
}

const maxSize = 4_096;
const maxSteps = 100_000;
const maxSeed = 2 ** 31 - 1;

/** The folders of the files, which name corpora as a rule. */
const corporaOf = (files: readonly string[]): string =>
  [...new Set(files.map((file) => basename(dirname(resolve(file)))))].join(', ');

async function run(options: Options): Promise<void> {
  const { defaultMeaningSettings, trainMeaning } = await import('../training/train-meaning.ts');
  const { model, concepts, out, credit, licence, size, steps, seed, json } = options;
  const progress = openProgress('steps', steps ?? defaultMeaningSettings.steps);
  const result = await trainMeaning({
    modelDirectory: model,
    conceptFiles: concepts,
    credits: [{ name: credit ?? corporaOf(concepts), licence }],
    outDirectory: out,
    settings: {
      ...(size !== undefined && { size }),
      ...(steps !== undefined && { steps }),
      ...(seed !== undefined && { seed }),
    },
    onStep: (step) => progress.update(step),
  }).finally(() => progress.stop());
  if (json) return printJson(result);
  const { forms, pairs, loss, modelId } = result;
  await printLine(`${forms} forms, ${pairs} pairs of one meaning, loss ${loss.toFixed(3)}`);
  await printLine(`model ${modelId}`);
}

/** The command. */
export const trainMeaningCommand = (): Command =>
  new Command('train-meaning')
    .description("teach a model's meaning vectors which names mean the same thing")
    .requiredOption('--model <dir>', 'folder of the model bundle')
    .requiredOption(
      '--concepts <file...>',
      'annotated documents whose entities have a "concept", .jsonl or .jsonl.gz',
    )
    .requiredOption('--out <dir>', 'folder of the new bundle; it may be that of --model')
    .option('--credit <name>', "the documents' name, for the model card (default: their folder's)")
    .option('--licence <licence>', 'that the documents came under', 'unknown')
    .addOption(
      new Option(
        '--size <n>',
        `numbers of a meaning vector, 1 to ${maxSize} (default: 128)`,
      ).argParser(wholeNumber(1, maxSize)),
    )
    .addOption(
      new Option('--steps <n>', `batches to learn from, 1 to ${maxSteps} (default: 100)`).argParser(
        wholeNumber(1, maxSteps),
      ),
    )
    .addOption(
      new Option(
        '--seed <n>',
        `everything random follows from it; 0 to ${maxSeed} (default: 42)`,
      ).argParser(wholeNumber(0, maxSeed)),
    )
    .addOption(jsonOption())
    .action(run);
