/**
 * `spandex shift-thresholds`: chooses what is added to every threshold of a model and writes it into the
 * bundle.
 */
import { Command, Option } from 'commander';
import type { ShiftedCorpus } from '../ner/choose-threshold-shift.ts';
import { type MeasureOptions, measureModel, withMeasureOptions } from './annotated-corpora.ts';
import { numberWithin } from './options.ts';
import { percent, printJson, printLine } from './output.ts';

interface Options extends MeasureOptions {
  readonly shift?: number;
}

/** What was written. */
interface Written {
  readonly thresholdShift: number;
  readonly modelId: string;
  readonly corpora: readonly ShiftedCorpus[];
}

async function print({ thresholdShift, modelId, corpora }: Written): Promise<void> {
  for (const { name, f1Before, f1After } of corpora)
    await printLine(`${name.padEnd(28)} F1 ${percent(f1Before)} -> ${percent(f1After)}`);
  await printLine(`model ${modelId}: ${thresholdShift} is added to every threshold`);
}

/** Reads the documents, chooses, writes, prints. */
async function run(options: Options): Promise<void> {
  const { writeThresholdShift } = await import('../ner/bundle.ts');
  const { chooseThresholdShift } = await import('../ner/choose-threshold-shift.ts');
  const { thresholdShift, record } = await measureModel(
    options,
    async ({ model, corpora, onProgress }) => {
      const { shift } = options;
      const chosen = await chooseThresholdShift(model, { corpora, shift, onProgress });
      const sum = model.model.thresholdShift + chosen.shift;
      return { thresholdShift: sum, record: chosen.corpora };
    },
  );
  const modelId = await writeThresholdShift(options.model, { thresholdShift, record });
  const written: Written = { thresholdShift, modelId, corpora: record };
  await (options.json ? printJson(written) : print(written));
}

/** The command. */
export const shiftThresholdsCommand = (): Command =>
  withMeasureOptions(
    new Command('shift-thresholds').description(
      'choose what is added to every threshold of a model, by mean F1, and write it into its bundle',
    ),
  )
    .addOption(
      new Option(
        '--shift <number>',
        'add this to every threshold instead of what is best, -100 to 100, in units of scores',
      ).argParser(numberWithin(-100, 100)),
    )
    .action(run);
